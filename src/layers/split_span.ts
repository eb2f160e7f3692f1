import * as tf from '@tensorflow/tfjs';
import { DebertaLayer, firstInput, firstShape, type LayerArgs } from './deberta_layer';

/** `[B, S, 2]` → start and end scores, `[B, S]` each. */
export class SplitSpan extends DebertaLayer {
  static className = 'DebertaV2SplitSpan';

  constructor(args: LayerArgs) {
    super(args, []);
  }

  forward(scores: tf.Tensor): [start: tf.Tensor2D, end: tf.Tensor2D] {
    return tf.tidy(() => {
      const [start, end] = tf.split(scores, 2, -1);
      return [tf.squeeze(start!, [-1]) as tf.Tensor2D, tf.squeeze(end!, [-1]) as tf.Tensor2D];
    });
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
    return this.forward(firstInput(inputs));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape[] {
    const shape = firstShape(inputShape).slice(0, -1);
    return [shape, shape];
  }
}
