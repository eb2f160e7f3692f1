import type { PreTrainedTokenizer } from '../../tokenization/pretrained_tokenizer';
import type { Feature } from '../collator';
import { requireInteger } from '../require_integer';
import { type EncodedText, toEncodedText } from './encoded_text';

/** Options of {@link tokenBlocks}. */
export interface TokenBlockOptions {
  /** Tokens of each block, 128 by default. */
  blockSize?: number;
  /**
   * Puts `[CLS]` and `[SEP]` of this tokenizer around each block, as DeBERTa was pre-trained; the block stays as long.
   * To be used on texts without special tokens.
   */
  around?: PreTrainedTokenizer;
}

/**
 * Joins texts and cuts them in blocks of one length (`group_texts` of Hugging Face's guide).
 *
 * What is left at the end is shorter than a block and dropped, unless it is all there is.
 *
 * @param texts features as they come.
 * @throws {InputError} for a `blockSize` that is too small.
 *
 * @example
 * const texts = new MaskedLMFeatureBuilder({ tokenizer, maxLength: null, addSpecialTokens: false });
 * for await (const block of tokenBlocks(texts.stream(lines), { blockSize: 128, around: tokenizer })) console.log(block.input_ids);
 */
export async function* tokenBlocks(
  texts: Iterable<Feature> | AsyncIterable<Feature>,
  { blockSize = 128, around }: TokenBlockOptions = {},
): AsyncGenerator<EncodedText, void, undefined> {
  const special = around?.numSpecialTokensToAdd() ?? 0;
  requireInteger('blockSize', blockSize, special + 1);
  const size = blockSize - special;
  const toBlock = (ids: number[]) => toEncodedText({ input_ids: around?.buildInputsWithSpecialTokens(ids) ?? ids });
  let rest: number[] = [];
  let isFirst = true;
  for await (const { input_ids } of texts) {
    let from = size - rest.length;
    if (input_ids.length < from) {
      // One by one: a spread of a whole book would be too many arguments.
      for (const id of input_ids) rest.push(id);
      continue;
    }
    yield toBlock([...rest, ...input_ids.slice(0, from)]);
    isFirst = false;
    for (; from + size <= input_ids.length; from += size) yield toBlock(input_ids.slice(from, from + size));
    rest = input_ids.slice(from);
  }
  if (isFirst && rest.length > 0) yield toBlock(rest);
}
