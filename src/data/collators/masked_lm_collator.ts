import { InputError } from '../../errors';
import { IGNORED_LABEL } from '../../ops/ignored_label';
import { RandomStream } from '../../ops/random_stream';
import type { Collator } from '../collator';
import type { EncodedText } from '../features/encoded_text';
import { requireInteger } from '../require_integer';
import { padFeatures } from './pad_features';
import type { PaddingOptions } from './padding_options';
import { selectNgrams } from './select_ngrams';
import { tokenLabels } from './token_collator';
import { wordSpans } from './word_spans';

/** Options of {@link maskedLMCollator}. */
export interface MaskedLMCollatorOptions extends PaddingOptions {
  /** Share of the tokens to be guessed, 0.15 by default. */
  mlmProbability?: number;
  /** Share of those that become `[MASK]`, 0.8 by default. */
  maskProbability?: number;
  /** Share of those that become another token, 0.1 by default; the rest stays as it is. */
  randomProbability?: number;
  /** Whether words are chosen as a whole, false by default. */
  wholeWord?: boolean;
  /** Most words in a row that are chosen together, 1 by default; more than 1 implies `wholeWord`. DeBERTa-v2 had 3. */
  maxNgram?: number;
  /**
   * Whether what is chosen is spread over a row, false by default: one token of each stretch of `1 / mlmProbability`, as
   * in DeBERTa's pre-training, so that rows have about as many each. Words and n-grams always are.
   */
  spread?: boolean;
  /** Most tokens chosen of a row when they are spread, 80 by default; the word that reaches it is taken whole. */
  maxPredictions?: number;
}

type Settings = Required<Omit<MaskedLMCollatorOptions, keyof PaddingOptions>>;

/**
 * Batches of masked language modelling: inputs and labels `[B, S]`, labels -100 where nothing is to be guessed.
 *
 * Tokens are chosen one by one (`DataCollatorForLanguageModeling`), or by words and n-grams of words as DeBERTa was
 * pre-trained. Special tokens are never chosen, and never put in place of another token. The same seed gives the same
 * batch.
 *
 * @throws {InputError} for probabilities that are none, and a `maxNgram` or `maxPredictions` that is not a positive
 *   integer.
 *
 * @example
 * const collate = maskedLMCollator({ tokenizer, maxNgram: 3 });
 * const { xs, ys } = collate(features, deriveSeed(seed, epoch, batchNumber));
 */
export function maskedLMCollator(options: MaskedLMCollatorOptions): Collator<EncodedText> {
  const settings = readSettings(options);
  const { tokenizer } = options;
  const special = new Set(tokenizer.allSpecialIds);
  const isSpecial = (id: number) => special.has(id);
  const ordinaryIds = Array.from({ length: tokenizer.length }, (_, id) => id).filter((id) => !isSpecial(id));

  const select = (ids: readonly number[], random: RandomStream): number[] => {
    const { mlmProbability: probability, wholeWord, maxNgram, maxPredictions, spread } = settings;
    const candidates = [...ids.keys()].filter((position) => !isSpecial(ids[position]!));
    const byWords = wholeWord || maxNgram > 1;
    if (!byWords && !spread) return candidates.filter(() => random.next() < probability);
    const limit = Math.min(maxPredictions, Math.max(1, Math.round(candidates.length * probability)));
    const spans = byWords ? wordSpans(tokenizer, ids, isSpecial) : candidates.map((from) => ({ from, to: from + 1 }));
    return selectNgrams(spans, { probability, maxNgram, limit }, random);
  };

  const replace = (id: number, random: RandomStream): number => {
    const draw = random.next();
    if (draw < settings.maskProbability) return tokenizer.maskTokenId;
    if (draw >= settings.maskProbability + settings.randomProbability) return id;
    return ordinaryIds[Math.floor(random.next() * ordinaryIds.length)]!;
  };

  return (features, seed) => {
    const random = new RandomStream(seed);
    const labels: number[][] = [];
    const masked = features.map((feature): EncodedText => {
      const { input_ids } = feature;
      const ids = [...input_ids];
      const row = new Array<number>(ids.length).fill(IGNORED_LABEL);
      for (const position of select(input_ids, random)) {
        row[position] = input_ids[position]!;
        ids[position] = replace(input_ids[position]!, random);
      }
      labels.push(row);
      return { ...feature, input_ids: ids };
    });
    const padded = padFeatures(masked, options);
    return { xs: padded.xs, ys: { labels: tokenLabels(labels, padded) }, size: features.length, tokens: padded.tokens };
  };
}

function readSettings({
  mlmProbability = 0.15,
  maskProbability = 0.8,
  randomProbability = 0.1,
  wholeWord = false,
  maxNgram = 1,
  spread = false,
  maxPredictions = 80,
}: MaskedLMCollatorOptions): Settings {
  const rest = 1 - maskProbability;
  requireShare('mlmProbability', mlmProbability, mlmProbability > 0 && mlmProbability <= 1, 'above 0 and up to 1');
  requireShare('maskProbability', maskProbability, maskProbability >= 0 && rest >= 0, 'from 0 to 1');
  // 1 - 0.8 is a little less than 0.2.
  const isRest = randomProbability >= 0 && randomProbability <= rest + 1e-9;
  requireShare('randomProbability', randomProbability, isRest, 'from 0 to what maskProbability leaves of 1');
  requireInteger('maxNgram', maxNgram, 1);
  requireInteger('maxPredictions', maxPredictions, 1);
  return { mlmProbability, maskProbability, randomProbability, wholeWord, maxNgram, spread, maxPredictions };
}

function requireShare(name: string, value: number, isAllowed: boolean, expected: string): void {
  if (isAllowed) return;
  throw new InputError(`Option ${name} must be a number ${expected}, received ${value}; change it.`, {
    path: name,
    expected,
    received: value,
  });
}
