import * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors';
import { IGNORED_LABEL } from '../ops/ignored_label';
import { checkLabelShape } from './label_shape';

/** Labels as `fit` takes them: one tensor, a list in the order of their names, or a map by those names. */
export type LabelInputs = tf.Tensor | tf.Tensor[] | { readonly [name: string]: unknown };

/**
 * Labels by the names the task has for them.
 *
 * @param labelNames `['labels']`, or `['start_positions', 'end_positions']`.
 */
export function nameLabels(y: LabelInputs, labelNames: readonly string[]): tf.NamedTensorMap {
  const listed = y instanceof tf.Tensor ? [y] : Object(y);
  const found = labelNames.map((name, index) => [name, Array.isArray(listed) ? listed[index] : listed[name]] as const);
  const missing = found.find(([, labels]) => !(labels instanceof tf.Tensor));
  if (missing !== undefined) {
    throw new InputError(
      `Labels must hold the tensor${labelNames.length > 1 ? 's' : ''} ${labelNames.join(' and ')}, received no tensor ${missing[0]}.`,
      { path: missing[0], expected: labelNames },
    );
  }
  return Object.fromEntries(found);
}

/** Which labels beside class indices are allowed, because the loss leaves them out. */
const IGNORED = {
  'ignored label': {
    allows: (label: number) => label === IGNORED_LABEL,
    words: `, or ${IGNORED_LABEL} for what does not count`,
  },
  negative: { allows: (label: number) => label < 0, words: ', or negative for what does not count' },
  nothing: { allows: () => false, words: '' },
} as const;

/** What {@link checkClassIndices} expects. */
export interface ClassIndices {
  /** The task's shape, and others that will do. */
  readonly shapes: readonly (readonly number[])[];
  /** Indices must be below this; no limit by default. */
  readonly classes?: number;
  readonly ignored?: keyof typeof IGNORED;
}

/** Refuses class indices out of range or in another shape than the task has. Reads them back. */
export function checkClassIndices(
  name: string,
  labels: tf.Tensor,
  { shapes, classes = Number.POSITIVE_INFINITY, ignored = 'ignored label' }: ClassIndices,
): void {
  checkLabelShape(name, labels, shapes);
  const { allows, words } = IGNORED[ignored];
  const bad = labels
    .dataSync()
    .find((label) => !Number.isInteger(label) || ((label < 0 || label >= classes) && !allows(label)));
  if (bad !== undefined) {
    const range = classes === Number.POSITIVE_INFINITY ? 'of at least 0' : `from 0 to ${classes - 1}`;
    throw new InputError(`${name} must be integers ${range}${words}, received ${bad}.`, {
      path: name,
      expected: classes,
      received: bad,
    });
  }
}
