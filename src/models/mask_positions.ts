import * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors';
import type { MaskPositions } from './model_options';

/**
 * Positions as pairs of text and token.
 *
 * @param shape of the ids, `[B, S]`.
 * @throws {InputError} when there is none, or one is not in the batch.
 */
export function readMaskPositions(
  positions: MaskPositions,
  [texts = 0, length = 0]: readonly number[],
): ReadonlyArray<readonly [text: number, position: number]> {
  const pairs = positions instanceof tf.Tensor ? positions.arraySync() : positions;
  const isPairs = Array.isArray(pairs) && pairs.every((pair) => Array.isArray(pair) && pair.length === 2);
  if (!isPairs || pairs.length === 0) {
    throw new InputError(
      `maskPositions must hold at least one pair of text and position, received ${isPairs ? 'none' : JSON.stringify(pairs)}; leave them out to score every token.`,
      { path: 'maskPositions', received: pairs },
    );
  }
  const isIn = (index: number, size: number) => Number.isInteger(index) && index >= 0 && index < size;
  const bad = pairs.find(([text, position]) => !(isIn(text!, texts) && isIn(position!, length)));
  if (bad !== undefined) {
    throw new InputError(
      `maskPositions must be within the batch of ${texts} texts of ${length} tokens, received text ${bad[0]}, position ${bad[1]}.`,
      { path: 'maskPositions', expected: [texts, length], received: bad },
    );
  }
  return pairs as Array<[number, number]>;
}
