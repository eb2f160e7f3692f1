import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../data/batch';
import { deriveSeed } from '../data/derive_seed';
import { InputError } from '../errors';
import { classificationLoss, tokenDetectionLoss } from '../models/task_losses';
import { sampleClasses } from '../ops/sample_classes';
import { type MaskedTokens, maskedTokens, replaceTokens } from './masked_tokens';
import type { ReplacedTokenDetectionPretraining } from './replaced_token_detection_pretraining';

/** What {@link evaluateReplacedTokenDetection} measures. */
export interface DetectionScores extends Record<string, number> {
  /** Mean cross-entropy of the masked tokens. */
  readonly generator_loss: number;
  /** Share of the masked tokens for which the generator drew the original one. */
  readonly generator_accuracy: number;
  /** Mean binary cross-entropy of the tokens. */
  readonly discriminator_loss: number;
  /** Share of the tokens that the discriminator is right about. */
  readonly accuracy: number;
  /** The same of whoever takes every token for an original one, or every token for a replaced one if that is better. */
  readonly majority_accuracy: number;
  /** Share of replaced tokens among those taken for such; 0 where none is. */
  readonly precision: number;
  /** Share of the replaced tokens that were found; 0 where there are none. */
  readonly recall: number;
}

/**
 * Measures both models of replaced token detection on held-out batches, without dropout. The tokens that are drawn follow
 * from the seed and the numbers of the batches.
 *
 * @param batches of `replacedTokenCollator`, such as `featureBatches(…).batches(0)`.
 * @param seed 0 by default.
 * @throws {InputError} where no token is masked, or for a batch that does not fit.
 *
 * @example
 * const stream = featureBatches(heldOut, collator, { batchSize: 32, shuffle: false });
 * const { accuracy, majority_accuracy } = await evaluateReplacedTokenDetection(pretraining, stream.batches(0));
 */
export async function evaluateReplacedTokenDetection(
  pretraining: ReplacedTokenDetectionPretraining,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  seed = 0,
): Promise<DetectionScores> {
  const sums = { guessLoss: 0, masked: 0, guessed: 0, detectLoss: 0, tokens: 0, replaced: 0, found: 0, taken: 0 };
  let number = 0;
  for await (const batch of batches) {
    const tokens = maskedTokens(batch, pretraining.generator.config.vocabSize);
    const drawSeed = deriveSeed(seed, number++);
    const masked = tokens.places.length;
    if (masked === 0) continue;
    const { guessLoss, sampled } = await guess(pretraining, tokens, drawSeed);
    const { labels, detectLoss, logits } = await detect(pretraining, tokens, sampled);
    sums.guessLoss += guessLoss * masked;
    sums.masked += masked;
    sums.guessed += sampled.filter((id, index) => id === tokens.originals[index]).length;
    const counted = [...labels.keys()].filter((place) => labels[place]! >= 0);
    sums.detectLoss += detectLoss * counted.length;
    sums.tokens += counted.length;
    sums.replaced += counted.filter((place) => labels[place] === 1).length;
    const taken = counted.filter((place) => logits[place]! > 0);
    sums.taken += taken.length;
    sums.found += taken.filter((place) => labels[place] === 1).length;
  }
  if (sums.masked === 0) {
    throw new InputError('There must be masked tokens to measure by, received none; give more or longer texts.', {
      path: 'batches',
    });
  }
  return scores(sums);
}

function scores(
  sums: {
    readonly [name in
      | 'guessLoss'
      | 'masked'
      | 'guessed'
      | 'detectLoss'
      | 'tokens'
      | 'replaced'
      | 'found'
      | 'taken']: number;
  },
): DetectionScores {
  const { masked, tokens, replaced, found, taken } = sums;
  const missed = replaced - found;
  const mistaken = taken - found;
  return {
    generator_loss: sums.guessLoss / masked,
    generator_accuracy: sums.guessed / masked,
    discriminator_loss: sums.detectLoss / tokens,
    accuracy: 1 - (missed + mistaken) / tokens,
    majority_accuracy: Math.max(replaced, tokens - replaced) / tokens,
    precision: taken === 0 ? 0 : found / taken,
    recall: replaced === 0 ? 0 : found / replaced,
  };
}

async function guess({ generator }: ReplacedTokenDetectionPretraining, tokens: MaskedTokens, seed: number) {
  const { shape, places, originals } = tokens;
  const [loss, sampled] = tf.tidy(() => {
    const rows = [...places].map((place) => [Math.floor(place / shape[1]), place % shape[1]]);
    const maskPositions = tf.tensor2d(rows, [places.length, 2], 'int32');
    const logits = generator.forward(inputsOf(tokens, tokens.inputIds), { maskPositions }).logits as tf.Tensor2D;
    return [classificationLoss(tf.tensor1d(originals, 'int32'), logits), sampleClasses(logits, seed)] as const;
  });
  const [[guessLoss], drawn] = await Promise.all([loss.data(), sampled.data()]);
  tf.dispose([loss, sampled]);
  return { guessLoss: guessLoss!, sampled: Int32Array.from(drawn) };
}

async function detect(
  { discriminator }: ReplacedTokenDetectionPretraining,
  tokens: MaskedTokens,
  sampled: ArrayLike<number>,
) {
  const { inputIds, labels } = replaceTokens(tokens, sampled);
  const [loss, logits] = tf.tidy(() => {
    const output = discriminator.forward(inputsOf(tokens, inputIds));
    const target = tf.tensor2d(labels, [...tokens.shape], 'int32');
    return [tokenDetectionLoss(target, output.logits), output.logits] as const;
  });
  const [[detectLoss], values] = await Promise.all([loss.data(), logits.data()]);
  tf.dispose([loss, logits]);
  return { labels, detectLoss: detectLoss!, logits: values };
}

function inputsOf({ shape, attentionMask }: MaskedTokens, ids: Int32Array) {
  return {
    input_ids: tf.tensor2d(ids, [...shape], 'int32'),
    attention_mask: tf.tensor2d(attentionMask, [...shape], 'int32'),
  };
}
