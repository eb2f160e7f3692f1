import * as tf from '@tensorflow/tfjs';
import { DebertaLayer, firstInput, firstShape, type LayerArgs } from './deberta_layer';

/** `[B, C, ...]` → `[B · C, ...]`: every choice of a question becomes a text of its own. */
export class FlattenChoices extends DebertaLayer {
  static className = 'DebertaV2FlattenChoices';

  constructor(args: LayerArgs) {
    super(args, []);
  }

  forward(x: tf.Tensor): tf.Tensor {
    const [batch = 0, choices = 0, ...rest] = x.shape;
    return tf.reshape(x, [batch * choices, ...rest]);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return this.forward(firstInput(inputs));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [null, ...firstShape(inputShape).slice(2)];
  }
}
