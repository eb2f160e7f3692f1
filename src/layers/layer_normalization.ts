import * as tf from '@tensorflow/tfjs';
import { layerNorm } from '../ops/layer_norm';
import { DebertaLayer, firstInput, firstShape, type LayerArgs } from './deberta_layer';

const OPTIONS = ['size', 'layerNormEps'] as const;

/** Options of {@link LayerNormalization}. */
export interface LayerNormalizationOptions {
  /** Width of the last axis. */
  readonly size: number;
  /** Added to the variance; tfjs' own layer would take 1e-3, DeBERTa has 1e-7. */
  readonly layerNormEps: number;
}

/** Layer normalization over the last axis with scale `gamma` (initially 1) and shift `beta` (initially 0). */
export class LayerNormalization extends DebertaLayer<LayerNormalizationOptions> {
  static className = 'DebertaV2LayerNormalization';
  #gamma!: tf.LayerVariable;
  #beta!: tf.LayerVariable;

  constructor(args: LayerNormalizationOptions & LayerArgs) {
    super(args, OPTIONS);
  }

  protected override createWeights(): void {
    this.#gamma = this.makeWeight('gamma', [this.options.size], tf.initializers.ones());
    this.#beta = this.makeWeight('beta', [this.options.size], tf.initializers.zeros());
  }

  /** Same shape as `x`. */
  forward<T extends tf.Tensor>(x: T): T {
    return layerNorm(x, this.#gamma.read() as tf.Tensor1D, this.#beta.read() as tf.Tensor1D, this.options.layerNormEps);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return this.forward(firstInput(inputs));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return firstShape(inputShape);
  }
}
