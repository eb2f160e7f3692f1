import * as tf from '@tensorflow/tfjs';
import { dense } from '../ops/dense';
import { DebertaLayer, firstInput, firstShape, type LayerArgs } from './deberta_layer';

const OPTIONS = ['inputSize', 'units', 'useBias', 'initializerRange'] as const;

/** Options of {@link Dense}. */
export interface DenseOptions {
  /** Width of the input's last axis. */
  readonly inputSize: number;
  /** Width of the output's last axis. */
  readonly units: number;
  /** Whether a bias is added, true by default. */
  readonly useBias?: boolean;
  /** Standard deviation of the initial kernel. */
  readonly initializerRange: number;
}

/** `x · kernel + bias` over the last axis; the kernel is `[inputSize, units]`, the bias starts at 0. */
export class Dense extends DebertaLayer<DenseOptions> {
  static className = 'DebertaV2Dense';
  #kernel!: tf.LayerVariable;
  #bias: tf.LayerVariable | undefined;

  constructor(args: DenseOptions & LayerArgs) {
    super(args, OPTIONS);
  }

  protected override createWeights(): void {
    const { inputSize, units, useBias = true, initializerRange } = this.options;
    this.#kernel = this.makeWeight('kernel', [inputSize, units], this.truncatedNormal(initializerRange));
    if (useBias) this.#bias = this.makeWeight('bias', [units], tf.initializers.zeros());
  }

  /** `[..., inputSize]` → `[..., units]`. */
  forward(x: tf.Tensor): tf.Tensor {
    return dense(x, this.#kernel.read() as tf.Tensor2D, this.#bias?.read() as tf.Tensor1D | undefined);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return this.forward(firstInput(inputs));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...firstShape(inputShape).slice(0, -1), this.options.units];
  }
}
