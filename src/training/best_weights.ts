import * as tf from '@tensorflow/tfjs';
import type { TFDebertaV2PreTrainedModel } from '../models/pretrained_model';

/** The best weights of a run that saves no checkpoints: a copy in memory, as large as the model. */
export class BestWeights {
  #copies: tf.Tensor[] = [];

  /** Takes a copy in the place of the one before. */
  remember(model: TFDebertaV2PreTrainedModel): void {
    this.dispose();
    this.#copies = model.weights.map((weight) => tf.keep(tf.clone(weight.read())));
  }

  /** Gives the model the weights back, if any were remembered. */
  restore(model: TFDebertaV2PreTrainedModel): void {
    for (const [index, copy] of this.#copies.entries()) model.weights[index]!.write(copy);
  }

  dispose(): void {
    tf.dispose(this.#copies);
    this.#copies = [];
  }
}
