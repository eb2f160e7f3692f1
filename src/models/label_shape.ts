import * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors';

/**
 * Refuses labels in another shape than the task has; reads nothing back.
 *
 * @param shapes expected shape, and others that will do.
 */
export function checkLabelShape(name: string, labels: tf.Tensor, shapes: readonly (readonly number[])[]): void {
  if (shapes.some((shape) => tf.util.arraysEqual([...shape], labels.shape))) return;
  throw new InputError(`${name} must have the shape [${shapes[0]}], received [${labels.shape}].`, {
    path: name,
    expected: shapes[0],
    received: labels.shape,
  });
}

/** Shapes of class indices for logits of the shape `[..., C]`: `[...]`, and `[B, 1]` for `[B]`. */
export function classIndexShapes(logitsShape: readonly number[]): number[][] {
  const shape = logitsShape.slice(0, -1);
  return shape.length === 1 ? [shape, [...shape, 1]] : [shape];
}

/** Shapes of values, a value for each of `numLabels` labels: `[B, numLabels]`, and `[B]` where there is one label. */
export function valueShapes(batch: number, numLabels: number): number[][] {
  return numLabels === 1 ? [[batch], [batch, 1]] : [[batch, numLabels]];
}
