import * as tf from '@tensorflow/tfjs';
import { addSameShape } from '../ops/add_same_shape';
import { dense } from '../ops/dense';
import { type CallArgs, DebertaLayer, firstInput, firstShape, type LayerArgs } from './deberta_layer';
import { Lora, type LoraLayerOptions } from './lora';

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

/**
 * `x · kernel + bias` over the last axis; the kernel is `[inputSize, units]`, the bias starts at 0.
 *
 * With an adapter ({@link addLora}) a product of two narrow matrices is added, and the kernel can stay as it is.
 */
export class Dense extends DebertaLayer<DenseOptions> {
  static className = 'DebertaV2Dense';
  #kernel!: tf.LayerVariable;
  #bias: tf.LayerVariable | undefined;
  #lora: Lora | undefined;

  constructor(args: DenseOptions & LayerArgs) {
    super(args, OPTIONS);
  }

  protected override createWeights(): void {
    const { inputSize, units, useBias = true, initializerRange } = this.options;
    this.#kernel = this.makeWeight('kernel', [inputSize, units], this.truncatedNormal(initializerRange));
    if (useBias) this.#bias = this.makeWeight('bias', [units], tf.initializers.zeros());
  }

  /** `[inputSize, units]`, without what an adapter adds. */
  get kernel(): tf.Tensor2D {
    return this.#kernel.read() as tf.Tensor2D;
  }

  /** The adapter; undefined without one. */
  get lora(): Lora | undefined {
    return this.#lora;
  }

  /** Gives the layer, which must be built, an adapter in the place of none. */
  addLora(options: Omit<LoraLayerOptions, 'inputSize' | 'units'>): void {
    const { inputSize, units } = this.options;
    this.#lora = this.addLayer(new Lora({ name: 'lora', inputSize, units, ...options }), { transparent: true });
    this.#lora.build();
  }

  /** Takes the adapter off and releases it. */
  removeLora(): void {
    if (this.#lora !== undefined) this.removeLayer(this.#lora);
    this.#lora = undefined;
  }

  /** Makes what the adapter adds part of the kernel, and takes the adapter off. */
  mergeLora(): void {
    if (this.#lora === undefined) return;
    const merged = this.#lora.mergedWith(this.kernel);
    this.#kernel.write(merged);
    merged.dispose();
    this.removeLora();
  }

  /** `[..., inputSize]` → `[..., units]`. */
  forward(x: tf.Tensor, training = false): tf.Tensor {
    const project = () => dense(x, this.kernel, this.#bias?.read() as tf.Tensor1D | undefined);
    const lora = this.#lora;
    return lora === undefined ? project() : tf.tidy(() => addSameShape(project(), lora.forward(x, training)));
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArgs = {}): tf.Tensor {
    return this.forward(firstInput(inputs), training);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...firstShape(inputShape).slice(0, -1), this.options.units];
  }
}
