import * as tf from '@tensorflow/tfjs';
import type { NamedWeight } from '../optimizers/adam_weight_decay';

/** The best weights of a run that saves no checkpoints: a copy in memory, as large as the model. */
export class BestWeights {
  #copies: tf.Tensor[] = [];

  /** Takes a copy in the place of the one before. */
  remember(weights: readonly NamedWeight[]): void {
    this.dispose();
    this.#copies = weights.map(({ variable }) => tf.keep(tf.clone(variable as tf.Tensor)));
  }

  /** Gives the weights their values back, if any were remembered. */
  restore(weights: readonly NamedWeight[]): void {
    for (const [index, copy] of this.#copies.entries()) weights[index]!.variable.assign(copy);
  }

  dispose(): void {
    tf.dispose(this.#copies);
    this.#copies = [];
  }
}
