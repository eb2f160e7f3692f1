import type { RandomStream } from '../../ops/random_stream';
import { shuffled } from '../shuffled';
import type { TokenSpan } from './word_spans';

/** How {@link selectNgrams} chooses. */
export interface NgramSettings {
  /** Share of the tokens that are chosen. */
  readonly probability: number;
  /** Most words of an n-gram. */
  readonly maxNgram: number;
  /** Tokens after which no further word is chosen; the word that reaches it is taken whole. */
  readonly limit: number;
}

/**
 * Chooses words and stretches of neighbouring words to be masked (`NGramMaskGenerator` of microsoft/DeBERTa).
 *
 * A text is divided in contexts of `n / probability` words, and in each a stretch of `n` words is chosen; `n` is drawn
 * with a probability that is inverse to it. The original takes stretches from the front until there are enough, so that
 * the end of a text is rarely masked; here they are taken in random order.
 *
 * @param words of a row; a stretch does not reach over a gap between two.
 * @returns positions of tokens.
 */
export function selectNgrams(
  words: readonly TokenSpan[],
  { probability, maxNgram, limit }: NgramSettings,
  random: RandomStream,
): number[] {
  const window = Math.floor(1 / probability);
  const weights = Array.from({ length: Math.min(maxNgram, words.length) }, (_, index) => 1 / (index + 1));
  const stretches: (readonly TokenSpan[])[] = [];
  for (let offset = 0; offset < words.length; ) {
    const count = drawLength(weights, random);
    const context = Math.min(count * window, words.length - offset);
    const start = offset + Math.floor(random.next() * context);
    let end = start + 1;
    while (end < Math.min(start + count, words.length) && words[end]!.from === words[end - 1]!.to) end++;
    stretches.push(words.slice(start, end));
    offset = Math.max(offset + context, end);
  }
  const positions: number[] = [];
  for (const word of shuffled(stretches, random).flat()) {
    if (positions.length >= limit) break;
    for (let position = word.from; position < word.to; position++) positions.push(position);
  }
  return positions;
}

/** A length from 1, drawn with the weight that it has. */
function drawLength(weights: readonly number[], random: RandomStream): number {
  let rest = random.next() * weights.reduce((a, b) => a + b, 0);
  const drawn = weights.findIndex((weight) => {
    rest -= weight;
    return rest < 0;
  });
  // Rounding may leave a trace of the sum.
  return drawn < 0 ? weights.length : drawn + 1;
}
