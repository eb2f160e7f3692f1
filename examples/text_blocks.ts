import {
  type EncodedText,
  MaskedLMFeatureBuilder,
  type PreTrainedTokenizer,
  shuffled,
  tokenBlocks,
} from '../src/index';

/**
 * Texts in a mixed order, joined sentence by sentence and cut in blocks of one length.
 *
 * @param most blocks that are made; the rest of the texts is not tokenized.
 *
 * @example
 * const blocks = await textBlocks(readAddresses().train, tokenizer, { blockSize: 64, most: 1000, seed: 1 });
 */
export async function textBlocks(
  texts: readonly string[],
  tokenizer: PreTrainedTokenizer,
  { blockSize, most, seed }: { readonly blockSize: number; readonly most: number; readonly seed: number },
): Promise<EncodedText[]> {
  const builder = new MaskedLMFeatureBuilder({ tokenizer, maxLength: null, addSpecialTokens: false });
  const sentences = shuffled(texts, seed).flatMap((text) => text.split(/(?<=[.!?]) /));
  const features = builder.stream(sentences.map((text) => ({ text })));
  const blocks: EncodedText[] = [];
  for await (const block of tokenBlocks(features, { blockSize, around: tokenizer })) {
    if (blocks.push(block) === most) break;
  }
  return blocks;
}
