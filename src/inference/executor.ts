import type * as tf from '@tensorflow/tfjs';
import type { InferenceInputs } from './inference_inputs';

/** Runs a program one way. */
export interface Executor {
  /** The outputs in the order of the program's names; texts of a choice each by itself. */
  run(inputs: InferenceInputs): tf.Tensor[];
  /** Bytes of tensors held beside the model's weights. */
  readonly heldBytes: number;
  /** Releases what is held; the next run starts anew. */
  dispose(): void;
}
