import * as tf from '@tensorflow/tfjs';
import { DebertaLayer, type LayerArgs } from './deberta_layer';

/**
 * `[B · C, 1]` → `[B, C]`: the scores of the choices side by side again.
 *
 * As a Keras layer it takes `[scores, input_ids]`; the ids `[B, C, S]` say how many choices there are.
 */
export class UnflattenChoices extends DebertaLayer {
  static className = 'DebertaV2UnflattenChoices';

  constructor(args: LayerArgs) {
    super(args, []);
  }

  forward(scores: tf.Tensor, choices: number): tf.Tensor2D {
    return tf.reshape(scores, [-1, choices]);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [scores, inputIds] = inputs as [tf.Tensor, tf.Tensor];
    return this.forward(scores, inputIds.shape[1]!);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [, idsShape] = inputShape as [tf.Shape, tf.Shape];
    return idsShape.slice(0, 2);
  }
}
