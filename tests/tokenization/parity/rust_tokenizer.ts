import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsEncoding, Tokenizer } from 'tokenizers';
import type { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import type { EncodedText } from './encoded_text';

/** Hugging Face's Rust library on a `tokenizer.json`, by its npm package; positions become UTF-16 code units. */
export class RustTokenizer {
  readonly #tokenizer: Tokenizer;

  /** @param json content of a `tokenizer.json`. */
  constructor(json: string) {
    this.#tokenizer = Tokenizer.fromString(json);
  }

  /** The library on the `tokenizer.json` that a tokenizer saves. */
  static async of(tokenizer: DebertaV2TokenizerFast): Promise<RustTokenizer> {
    const folder = mkdtempSync(join(tmpdir(), 'tokenizer-test-'));
    try {
      await tokenizer.savePretrained(folder);
      return new RustTokenizer(readFileSync(join(folder, 'tokenizer.json'), 'utf8'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** What it makes of texts, no special tokens added. */
  async encode(texts: readonly string[]): Promise<EncodedText[]> {
    const encodings = await this.#tokenizer.encodeBatch([...texts], { addSpecialTokens: false });
    return encodings.map((encoding, index) => readEncoding(encoding, texts[index]!));
  }

  /** The texts that it makes of rows of ids. */
  decode(rows: number[][], { skipSpecialTokens = false } = {}): Promise<string[]> {
    return this.#tokenizer.decodeBatch(rows, skipSpecialTokens);
  }

  /** What it makes of texts or pairs with the special tokens of its template. */
  async encodeIds(text: string, pair?: string): Promise<number[]> {
    return (await this.#tokenizer.encode(text, pair)).getIds();
  }
}

function readEncoding(encoding: JsEncoding, text: string): EncodedText {
  const positions = codeUnitPositions(text);
  const offsets = encoding.getOffsets() as [number, number][];
  return {
    ids: encoding.getIds(),
    tokens: encoding.getTokens(),
    offsets: offsets.map(([start, end]) => [positions[start]!, positions[end]!]),
    words: encoding.getWordIds().map((word) => word ?? null),
  };
}

/** Where each code point of a text begins, and where the text ends, in UTF-16 code units. */
function codeUnitPositions(text: string): number[] {
  const positions = [0];
  for (const character of text) positions.push(positions.at(-1)! + character.length);
  return positions;
}
