import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { addSameShape } from '../ops/add_same_shape';
import { type CallArgs, DebertaLayer, type LayerArgs } from './deberta_layer';
import { Dense } from './dense';
import { Dropout } from './dropout';
import { LayerNormalization } from './layer_normalization';

const OPTIONS = ['inputSize', 'hiddenSize', 'layerNormEps', 'hiddenDropoutProb', 'initializerRange'] as const;

/** Options of {@link ResidualOutput}: fields of {@link DebertaV2Config}, and the width that comes in. */
export type ResidualOutputOptions = { readonly inputSize: number } & Pick<
  DebertaV2Config,
  Exclude<(typeof OPTIONS)[number], 'inputSize'>
>;

/**
 * `LN(dropout(dense(x)) + residual)`: the end of the attention and of the feed-forward block.
 *
 * Mirrors `TFDebertaV2SelfOutput` (`inputSize` H) and `TFDebertaV2Output` (`inputSize` I) of transformers, which
 * differ in nothing else. As a Keras layer it takes `[x, residual]`.
 */
export class ResidualOutput extends DebertaLayer<ResidualOutputOptions> {
  static className = 'DebertaV2ResidualOutput';
  readonly dense: Dense;
  readonly layerNorm: LayerNormalization;
  readonly dropout: Dropout;

  constructor(args: ResidualOutputOptions & LayerArgs) {
    super(args, OPTIONS);
    const { inputSize, hiddenSize, layerNormEps, initializerRange } = args;
    this.dense = this.addLayer(new Dense({ name: 'dense', inputSize, units: hiddenSize, initializerRange }));
    this.layerNorm = this.addLayer(new LayerNormalization({ name: 'LayerNorm', size: hiddenSize, layerNormEps }));
    this.dropout = this.addLayer(new Dropout({ name: 'dropout', rate: args.hiddenDropoutProb }));
  }

  /** `[B, S, inputSize]` and `[B, S, H]` → `[B, S, H]`. */
  forward(x: tf.Tensor, residual: tf.Tensor3D, training: boolean): tf.Tensor3D {
    return tf.tidy(() => {
      const changed = this.dropout.forward(this.dense.forward(x, training), training) as tf.Tensor3D;
      return this.layerNorm.forward(addSameShape(changed, residual));
    });
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArgs = {}): tf.Tensor {
    const [x, residual] = inputs as [tf.Tensor, tf.Tensor3D];
    return this.forward(x, residual, training);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return (inputShape as tf.Shape[])[1]!;
  }
}
