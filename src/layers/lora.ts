import * as tf from '@tensorflow/tfjs';
import { dense } from '../ops/dense';
import { scale } from '../ops/scale';
import { type CallArgs, DebertaLayer, firstInput, firstShape, type LayerArgs } from './deberta_layer';
import { Dropout } from './dropout';

const OPTIONS = ['inputSize', 'units', 'rank', 'factor', 'dropoutRate'] as const;

/** Options of {@link Lora}. */
export interface LoraLayerOptions {
  /** Width of the input's last axis. */
  readonly inputSize: number;
  /** Width of the output's last axis. */
  readonly units: number;
  /** Width between the two matrices. */
  readonly rank: number;
  /** Multiplies their product. */
  readonly factor: number;
  /** Probability of a value of the input becoming 0 while training. */
  readonly dropoutRate: number;
}

/**
 * What LoRA adds to a dense layer: `factor · dropout(x) · A · B`, with A `[inputSize, rank]` and B `[rank, units]`.
 *
 * A starts uniform within `1 / sqrt(inputSize)`, B at 0, so that at first nothing is added. Hu et al., "LoRA: Low-Rank
 * Adaptation of Large Language Models" (2021); mirrors `lora.Linear` of PEFT, whose weights are the transposes.
 */
export class Lora extends DebertaLayer<LoraLayerOptions> {
  static className = 'DebertaV2Lora';
  readonly dropout: Dropout;
  #a!: tf.LayerVariable;
  #b!: tf.LayerVariable;

  constructor(args: LoraLayerOptions & LayerArgs) {
    super(args, OPTIONS);
    this.dropout = this.addLayer(new Dropout({ name: 'dropout', rate: args.dropoutRate }));
  }

  protected override createWeights(): void {
    const { inputSize, units, rank } = this.options;
    const maxval = 1 / Math.sqrt(inputSize);
    const uniform = tf.initializers.randomUniform({ minval: -maxval, maxval, seed: this.seeds.nextInteger() });
    this.#a = this.makeWeight('lora_A', [inputSize, rank], uniform);
    this.#b = this.makeWeight('lora_B', [rank, units], tf.initializers.zeros());
  }

  /** A as it is now, `[inputSize, rank]`. */
  get a(): tf.Tensor2D {
    return this.#a.read() as tf.Tensor2D;
  }

  /** B as it is now, `[rank, units]`. */
  get b(): tf.Tensor2D {
    return this.#b.read() as tf.Tensor2D;
  }

  /** `kernel + factor · A · B`, `[inputSize, units]`: the kernel of a dense layer that does the same by itself. */
  mergedWith(kernel: tf.Tensor2D): tf.Tensor2D {
    // The factor goes into a narrow matrix, here and below.
    return tf.tidy(() => tf.add(kernel, tf.matMul(this.a, tf.mul<tf.Tensor2D>(this.b, this.options.factor))));
  }

  /** `[..., inputSize]` → `[..., units]`. */
  forward(x: tf.Tensor, training: boolean): tf.Tensor {
    return tf.tidy(() => {
      const narrow = dense(this.dropout.forward(x, training), this.a);
      return dense(scale(narrow, this.options.factor), this.b);
    });
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArgs = {}): tf.Tensor {
    return this.forward(firstInput(inputs), training);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...firstShape(inputShape).slice(0, -1), this.options.units];
  }
}
