import { InputError } from '../errors';

/**
 * Refuses predictions that are not as many as the labels, and no labels at all.
 *
 * @param names of the labels and the predictions, for the error: `['Labels', 'predictions']`.
 * @throws {InputError} for either.
 */
export function requirePairs(
  names: readonly [labels: string, predictions: string],
  labels: ArrayLike<unknown>,
  predictions: ArrayLike<unknown>,
): void {
  requireSameLength(names, labels, predictions);
  if (labels.length === 0) {
    throw new InputError(`${names[0]} must be at least one, received none; a metric of nothing has no value.`, {
      path: names[0],
      expected: 'at least one',
      received: 0,
    });
  }
}

/** {@link requirePairs}, where none is as good as any number. */
export function requireSameLength(
  [labelName, predictionName]: readonly [labels: string, predictions: string],
  labels: ArrayLike<unknown>,
  predictions: ArrayLike<unknown>,
  place = '',
): void {
  if (labels.length === predictions.length) return;
  throw new InputError(
    `${labelName} and ${predictionName}${place} must be equally many, received ${labels.length} and ` +
      `${predictions.length}; give one for each of the other.`,
    { path: `${predictionName}${place}`, expected: labels.length, received: predictions.length },
  );
}
