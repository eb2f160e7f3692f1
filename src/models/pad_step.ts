import * as tf from '@tensorflow/tfjs';
import { IGNORED_LABEL } from '../ops/ignored_label';
import type { StepData } from './train_step';

/** What a task's labels do when the texts of a batch are padded further. */
export type LabelPadding =
  /** A label for a text: nothing. */
  | 'as they are'
  /** A label for a token: padding is marked as left out. */
  | 'with tokens'
  /** The loss looks at padding, so that a batch stays as long as it is. */
  | 'none';

/**
 * Lengths that batches are padded to: few, so that each has its graph, and close, so that little is computed in vain.
 *
 * @param longest what a text may have at most, because the model has no more positions.
 */
export function paddedLength(length: number, longest: number): number {
  const step = length <= 64 ? 16 : length <= 256 ? 32 : 64;
  return Math.max(length, Math.min(Math.ceil(length / step) * step, longest));
}

/**
 * A batch padded to one of the {@link paddedLength}s, as more padding of the tokenizer would.
 *
 * @param longest see {@link paddedLength}.
 * @returns the batch itself where it has such a length; else new tensors, of the `tf.tidy` around.
 */
export function padStep(data: StepData, padding: LabelPadding, longest: number): StepData {
  const length = data.inputs[0]!.shape.at(-1)!;
  const missing = paddedLength(length, longest) - length;
  if (padding === 'none' || missing === 0) return data;
  const longer = (tensor: tf.Tensor, value: number) =>
    tf.pad(tensor, [...tensor.shape.slice(0, -1).map(() => [0, 0] as [number, number]), [0, missing]], value);
  const { inputs, target, sampleWeights } = data;
  return {
    inputs: inputs.map((tensor) => longer(tensor, 0)),
    target: padding === 'with tokens' ? longer(target, IGNORED_LABEL) : target,
    sampleWeights: sampleWeights?.rank === 2 ? longer(sampleWeights, 0) : sampleWeights,
  };
}
