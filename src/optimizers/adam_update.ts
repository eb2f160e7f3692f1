import * as tf from '@tensorflow/tfjs';
import { fusedKernel } from '../kernels/fused_kernel';
import { fusedAdam } from '../ops/fused_adam';
import { hasTensorflowOps } from '../ops/tensorflow_op';
import type { WeightRule } from './weight_rule';

/** Constants of {@link AdamUpdate}. */
export interface AdamConstants {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecayRate: number;
  /** Whether the means are corrected for starting at 0. */
  readonly biasCorrection: boolean;
}

/** A weight and the means of its gradient and squared gradient. */
export type AdamVariables = Readonly<Record<'weight' | 'm' | 'v', tf.Variable>>;

/**
 * One step of Adam with decoupled weight decay: `w ← w · (1 − rate · decay) − stepSize · m / (√v / √(1 − β2ᵗ) + ε)` with
 * `stepSize = rate / (1 − β1ᵗ)`, as `torch.optim.AdamW` does it.
 *
 * Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019). On the backends `tensorflow` and `wasm` by one kernel.
 */
export class AdamUpdate {
  readonly #constants: AdamConstants;
  readonly #rate: number;
  readonly #stepSize: number;
  /** `√(1 − β2ᵗ)`, which multiplies step and ε instead of dividing √v. */
  readonly #root: number;

  /** @param step counted from 1. */
  constructor(constants: AdamConstants, learningRate: number, step: number) {
    const { beta1, beta2, biasCorrection } = constants;
    this.#constants = constants;
    this.#rate = learningRate;
    this.#root = biasCorrection ? Math.sqrt(1 - beta2 ** step) : 1;
    this.#stepSize = (learningRate * this.#root) / (biasCorrection ? 1 - beta1 ** step : 1);
  }

  /** Changes a weight and its means. */
  apply(variables: AdamVariables, gradient: tf.Tensor, { decays, rateScale }: WeightRule): void {
    const { beta1, beta2, epsilon, weightDecayRate } = this.#constants;
    const keep = decays && weightDecayRate > 0 ? 1 - this.#rate * rateScale * weightDecayRate : undefined;
    const stepSize = this.#stepSize * rateScale;
    const rootEpsilon = epsilon * this.#root;
    tf.tidy(() => {
      if (hasTensorflowOps()) {
        // The kernel takes β2 from 1 in single precision: v, and with it √v, comes out a little smaller.
        const rounding = Math.sqrt((1 - Math.fround(beta2)) / (1 - beta2));
        fusedAdam(variables, gradient, {
          keep: keep === undefined ? undefined : tf.scalar(keep),
          stepSize: tf.scalar(stepSize * rounding),
          beta1: tf.scalar(beta1),
          beta2: tf.scalar(beta2),
          epsilon: tf.scalar(rootEpsilon * rounding),
        });
        return;
      }
      const { weight, m, v } = variables;
      const numbers = { keep: keep ?? 1, stepSize, beta1, beta2, epsilon: rootEpsilon };
      const fused = fusedKernel('DebertaAdam')?.({ weight, m, v, gradient }, numbers);
      if (fused !== undefined) {
        for (const [index, variable] of [weight, m, v].entries()) variable.assign(fused[index]!);
        return;
      }
      // A tidy for each line: the word embeddings are hundreds of megabytes, and so is every tensor on the way.
      m.assign(tf.tidy(() => tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1))));
      v.assign(tf.tidy(() => tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2))));
      const change = tf.tidy(() => tf.mul(tf.div(m, tf.add(tf.sqrt(v), rootEpsilon)), stepSize));
      weight.assign(tf.sub(keep === undefined ? weight : tf.mul(weight, keep), change));
    });
  }
}
