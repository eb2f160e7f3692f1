import type { Batch, BatchArray } from '../data/batch';
import { InputError } from '../errors';
import { IGNORED_LABEL } from '../ops/ignored_label';

/** A batch of masked tokens, as both models see it. */
export interface MaskedTokens {
  /** `[B, S]`. */
  readonly shape: readonly [batch: number, length: number];
  /** Row by row, `[B · S]`. */
  readonly inputIds: Int32Array;
  /** 1 for tokens, 0 for padding, `[B · S]`. */
  readonly attentionMask: Int32Array;
  /** Places of the masked tokens among all of the batch, in order, `[N]`. */
  readonly places: Int32Array;
  /** What was there, `[N]`. */
  readonly originals: Int32Array;
}

/**
 * Finds the masked tokens of a batch of `replacedTokenCollator`, or of any other with a label for each token.
 *
 * @param vocabSize ids must be below it.
 * @throws {InputError} for a batch that lacks ids or labels, where they are of different shapes, or for other ids.
 */
export function maskedTokens({ xs, ys }: Batch, vocabSize: number): MaskedTokens {
  const ids = integers('input_ids', xs.input_ids);
  const labels = integers('labels', ys.labels, ids.shape);
  const mask =
    xs.attention_mask === undefined
      ? { values: new Int32Array(ids.values.length).fill(1) }
      : integers('attention_mask', xs.attention_mask, ids.shape);
  const places = Int32Array.from([...labels.values.keys()].filter((place) => labels.values[place] !== IGNORED_LABEL));
  const originals = places.map((place) => labels.values[place]!);
  requireIds('input_ids', ids.values, vocabSize);
  requireIds('labels', originals, vocabSize);
  return { shape: ids.shape, inputIds: ids.values, attentionMask: mask.values, places, originals };
}

function requireIds(name: string, ids: Int32Array, vocabSize: number): void {
  const received = ids.find((id) => id < 0 || id >= vocabSize);
  if (received === undefined) return;
  throw new InputError(
    `Tokens of ${name} must be from 0 to ${vocabSize - 1} (vocab_size), received ${received}; use the tokenizer that the models were made for.`,
    { path: name, expected: vocabSize, received },
  );
}

function integers(name: string, array: BatchArray | undefined, expected?: readonly number[]) {
  const { values, shape = [] } = array ?? {};
  if (values instanceof Int32Array && shape.length === 2 && (expected ?? shape).join() === shape.join()) {
    return { values, shape: shape as readonly [number, number] };
  }
  const wanted = expected === undefined ? '[B, S]' : `[${expected}]`;
  throw new InputError(
    `A batch of pre-training must have integers ${name} ${wanted}, received ${array === undefined ? 'none' : `[${shape}]`}; make batches by replacedTokenCollator.`,
    { path: name, expected: expected ?? '[B, S]', received: array?.shape },
  );
}

/** What the discriminator is trained on. */
export interface ReplacedTokens {
  /** The batch with the generator's tokens in the places of the masked ones, `[B · S]`. */
  readonly inputIds: Int32Array;
  /** 1 for a token other than the original, 0 for an original one, -100 for padding, `[B · S]`. */
  readonly labels: Int32Array;
}

/**
 * Puts tokens in the places of the masked ones. One that is the original again counts as original.
 *
 * @param sampled a token for each masked one, in order, `[N]`.
 * @throws {InputError} when there are more or fewer.
 */
export function replaceTokens(
  { inputIds, attentionMask, places, originals }: MaskedTokens,
  sampled: ArrayLike<number>,
): ReplacedTokens {
  if (sampled.length !== places.length) {
    throw new InputError(
      `There must be a token for each of the ${places.length} masked ones, received ${sampled.length}; pass those that trainGenerator gave for this batch.`,
      { path: 'sampled', expected: places.length, received: sampled.length },
    );
  }
  const replaced = inputIds.slice();
  const labels = attentionMask.map((real) => (real === 0 ? IGNORED_LABEL : 0));
  for (const [index, place] of places.entries()) {
    replaced[place] = sampled[index]!;
    labels[place] = Number(sampled[index] !== originals[index]);
  }
  return { inputIds: replaced, labels };
}
