import * as tf from '@tensorflow/tfjs';
import { DebertaLayer, firstInput, firstShape, type LayerArgs } from './deberta_layer';

/**
 * `[B, S, 2]` → `[B, 2, S]`: the scores of all tokens as start, then as end of an answer.
 *
 * One output and not two, because tfjs reports the loss of a model with several outputs wrongly in `evaluate`.
 */
export class SpanScores extends DebertaLayer {
  static className = 'DebertaV2SpanScores';

  constructor(args: LayerArgs) {
    super(args, []);
  }

  forward(scores: tf.Tensor): tf.Tensor3D {
    return tf.transpose(scores as tf.Tensor3D, [0, 2, 1]);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return this.forward(firstInput(inputs));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch, length, ends] = firstShape(inputShape) as [number | null, number | null, number];
    return [batch, ends, length];
  }
}
