import type * as tf from '@tensorflow/tfjs';
import type { NamedWeight } from '../optimizers/adam_weight_decay';

/** A weight of a layer as optimizers know it: its variable, by the name that it has in checkpoints. */
export function namedWeight(weight: tf.LayerVariable): NamedWeight {
  return { path: weight.originalName, variable: weight.read() as tf.Variable };
}
