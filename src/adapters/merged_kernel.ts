import * as tf from '@tensorflow/tfjs';
import { isSameData } from '../inference/same_data';
import type { Dense } from '../layers/dense';

/** The kernel that a dense layer with an adapter comes to, kept until one of the three matrices changes. */
export class MergedKernel {
  readonly #dense: Dense;
  #sources: readonly tf.DataId[] = [];
  #value: tf.Tensor2D | undefined;

  constructor(dense: Dense) {
    this.#dense = dense;
  }

  /** As it is now; owned by this object. */
  read(): tf.Tensor2D {
    const lora = this.#dense.lora!;
    const { kernel } = this.#dense;
    const sources = [kernel, lora.a, lora.b].map(({ dataId }) => dataId);
    if (this.#value === undefined || !isSameData(this.#sources, sources)) {
      this.dispose();
      this.#value = tf.keep(lora.mergedWith(kernel));
      this.#sources = sources;
    }
    return this.#value;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#value === undefined ? 0 : 4 * this.#value.size;
  }

  dispose(): void {
    this.#value?.dispose();
    this.#value = undefined;
  }
}
