import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { activations } from '../ops/activations';
import { reshape } from '../ops/reshape';
import { type CallArgs, DebertaLayer, firstInput, firstShape, type LayerArgs } from './deberta_layer';
import { Dense } from './dense';
import { LayerNormalization } from './layer_normalization';

const OPTIONS = ['hiddenSize', 'hiddenAct', 'layerNormEps', 'initializerRange'] as const;

/** The fields of {@link DebertaV2Config} that {@link MaskPredictionHead} reads. */
export type MaskPredictionHeadOptions = Pick<DebertaV2Config, (typeof OPTIONS)[number]>;

/**
 * A score for each token of having been replaced: `classifier(act(dense(LN(x + x[first token]))))`.
 *
 * Mirrors the head `mask_predictions` of microsoft/DeBERTa's replaced token detection; He et al. (2021). As a Keras
 * layer it takes hidden states `[B, S, H]` and gives `[B, S]`.
 */
export class MaskPredictionHead extends DebertaLayer<MaskPredictionHeadOptions> {
  static className = 'DebertaV2MaskPredictionHead';
  readonly dense: Dense;
  readonly layerNorm: LayerNormalization;
  readonly classifier: Dense;

  constructor(args: MaskPredictionHeadOptions & LayerArgs) {
    super(args, OPTIONS);
    const { hiddenSize, initializerRange, layerNormEps } = args;
    const dense = (name: string, units: number) => new Dense({ name, inputSize: hiddenSize, units, initializerRange });
    this.dense = this.addLayer(dense('dense', hiddenSize));
    this.layerNorm = this.addLayer(new LayerNormalization({ name: 'LayerNorm', size: hiddenSize, layerNormEps }));
    this.classifier = this.addLayer(dense('classifier', 1));
  }

  /** `[B, S, H]` → `[B, S]`. */
  forward(hiddenStates: tf.Tensor3D, training = false): tf.Tensor2D {
    return tf.tidy(() => {
      const [batch, length, size] = hiddenStates.shape;
      const first = tf.slice(hiddenStates, [0, 0, 0], [batch, 1, size]);
      const states = this.layerNorm.forward(tf.add(hiddenStates, first));
      const activated = activations[this.options.hiddenAct](this.dense.forward(states, training));
      return reshape<tf.Rank.R2>(this.classifier.forward(activated, training), [batch, length]);
    });
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArgs = {}): tf.Tensor {
    return this.forward(firstInput(inputs) as tf.Tensor3D, training);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return firstShape(inputShape).slice(0, -1);
  }
}
