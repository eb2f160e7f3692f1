import * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors';
import { IGNORED_LABEL } from './task_losses';

/** Labels as `fit` takes them: one tensor, a list in the order of their names, or a map by those names. */
export type LabelInputs = tf.Tensor | tf.Tensor[] | { readonly [name: string]: unknown };

/**
 * Labels by the names the task has for them.
 *
 * @param labelNames `['labels']`, or `['start_positions', 'end_positions']`.
 */
export function nameLabels(y: LabelInputs, labelNames: readonly string[]): tf.NamedTensorMap {
  const listed = y instanceof tf.Tensor ? [y] : y;
  const found = labelNames.map((name, index) => (Array.isArray(listed) ? listed[index] : listed[name]));
  const missing = labelNames.find((_, index) => !(found[index] instanceof tf.Tensor));
  if (missing !== undefined) {
    throw new InputError(
      `Labels must hold the tensor${labelNames.length > 1 ? 's' : ''} ${labelNames.join(' and ')}, received no ${missing}.`,
      {
        path: missing,
        expected: labelNames,
      },
    );
  }
  return Object.fromEntries(labelNames.map((name, index) => [name, found[index] as tf.Tensor]));
}

/**
 * Refuses class indices out of range or in another shape than the task has. Reads them back.
 *
 * @param shape expected shape, or several that will do.
 * @param classes indices must be below this; {@link IGNORED_LABEL} is always allowed.
 */
export function checkClassIndices(name: string, labels: tf.Tensor, shapes: readonly number[][], classes: number): void {
  if (!shapes.some((shape) => shape.join() === labels.shape.join())) {
    throw new InputError(`${name} must have the shape [${shapes[0]}], received [${labels.shape}].`, {
      path: name,
      expected: shapes[0],
      received: labels.shape,
    });
  }
  const inRange = (label: number) =>
    label === IGNORED_LABEL || (label >= 0 && label < classes && Number.isInteger(label));
  const bad = labels.dataSync().find((label) => !inRange(label));
  if (bad !== undefined) {
    throw new InputError(
      `${name} must be integers from 0 to ${classes - 1}, or ${IGNORED_LABEL} for what does not count, received ${bad}.`,
      { path: name, expected: classes, received: bad },
    );
  }
}
