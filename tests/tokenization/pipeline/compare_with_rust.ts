import { TokenizerPipeline } from '../../../src/tokenization/pipeline/tokenizer_pipeline';
import { TokenList } from '../../../src/tokenization/token_list';
import { RustTokenizer } from '../parity/rust_tokenizer';
import type { JsonParts } from './tokenizer_json';

/** A text that the pipeline and Hugging Face's Rust library do not agree about. */
interface Disagreement {
  text: string;
  expected: unknown;
  received: unknown;
}

/**
 * Runs a `tokenizer.json` in the pipeline and in the Rust library, and compares ids, tokens, positions, words and what the
 * ids are decoded to.
 */
export async function compareWithRust(json: JsonParts, texts: readonly string[]): Promise<Disagreement[]> {
  const content = JSON.stringify(json);
  const pipeline = TokenizerPipeline.fromJson(JSON.parse(content));
  const rust = new RustTokenizer(content);
  const encoded = await rust.encode(texts);
  const written = encoded.map(({ ids }) => ids.filter((id) => isDecodedAlike(pipeline, id)));
  const decoded = await rust.decode(written);
  const decodedWithoutSpecial = await rust.decode(written, { skipSpecialTokens: true });
  return texts.flatMap((text, index) => {
    const expected = { ...encoded[index], decoded: [decoded[index], decodedWithoutSpecial[index]] };
    const received = runPipeline(pipeline, text);
    return JSON.stringify(expected) === JSON.stringify(received) ? [] : [{ text, expected, received }];
  });
}

function runPipeline(pipeline: TokenizerPipeline, text: string) {
  const tokens = new TokenList();
  pipeline.encode(text, tokens);
  const { starts, ends, words } = tokens;
  const ids = pipeline.encodeIds(text);
  const written = ids.filter((id) => isDecodedAlike(pipeline, id));
  return {
    ids,
    tokens: pipeline.encodePieces(text),
    offsets: starts.map((start, index) => [start, ends[index]]),
    words,
    decoded: [pipeline.decode(written), pipeline.decode(written, { skipSpecialTokens: true })],
  };
}

/**
 * Version 0.23 of the Rust library decodes an added token that it looks for in normalized text to what its normalizer
 * makes of it, and then takes it for no special token. Version 0.22, the one of transformers 4.57, decodes it to itself,
 * and so does this package.
 */
function isDecodedAlike(pipeline: TokenizerPipeline, id: number): boolean {
  return pipeline.addedTokens.get(id)?.normalized !== true;
}
