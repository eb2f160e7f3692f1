import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { activations } from '../ops/activations';
import { type CallArgs, DebertaLayer, firstInput, firstShape, type LayerArgs } from './deberta_layer';
import { Dense } from './dense';
import { Dropout } from './dropout';

const OPTIONS = ['poolerHiddenSize', 'poolerDropout', 'poolerHiddenAct', 'initializerRange'] as const;

/** The fields of {@link DebertaV2Config} that {@link ContextPooler} reads. */
export type ContextPoolerOptions = Pick<DebertaV2Config, (typeof OPTIONS)[number]>;

/** One vector for a sequence: `act(dense(dropout(state of the first token)))`. Mirrors `TFDebertaV2ContextPooler`. */
export class ContextPooler extends DebertaLayer<ContextPoolerOptions> {
  static className = 'ContextPooler';
  readonly dense: Dense;
  readonly dropout: Dropout;

  constructor(args: ContextPoolerOptions & LayerArgs) {
    super(args, OPTIONS);
    const { poolerHiddenSize: size, initializerRange } = args;
    this.dense = this.addLayer(new Dense({ name: 'dense', inputSize: size, units: size, initializerRange }));
    this.dropout = this.addLayer(new Dropout({ name: 'dropout', rate: args.poolerDropout }));
  }

  /** `[B, S, H]` → `[B, H]`. */
  forward(hiddenStates: tf.Tensor3D, training: boolean): tf.Tensor2D {
    return tf.tidy(() => {
      const [batch, , size] = hiddenStates.shape;
      const first = tf.reshape(tf.slice(hiddenStates, [0, 0, 0], [batch, 1, size]), [batch, size]);
      const pooled = this.dense.forward(this.dropout.forward(first, training), training);
      return activations[this.options.poolerHiddenAct](pooled) as tf.Tensor2D;
    });
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArgs = {}): tf.Tensor {
    return this.forward(firstInput(inputs) as tf.Tensor3D, training);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [firstShape(inputShape)[0]!, this.options.poolerHiddenSize];
  }
}
