import type * as tf from '@tensorflow/tfjs';
import { AdamWeightDecay } from '../optimizers/adam_weight_decay';
import type { OptimizerStep } from '../optimizers/optimizer_step';

/** An optimizer that changes other variables than those whose gradients it is given. */
export class RedirectedOptimizer extends AdamWeightDecay {
  readonly #optimizer: AdamWeightDecay;
  readonly #targetOf: (variable: tf.Variable) => tf.Variable;

  /**
   * @param optimizer does the work, and keeps all state.
   * @param targetOf the variable to change, of the same shape.
   */
  constructor(optimizer: AdamWeightDecay, targetOf: (variable: tf.Variable) => tf.Variable) {
    super(optimizer.options);
    this.#optimizer = optimizer;
    this.#targetOf = targetOf;
  }

  override planStep(variables: readonly tf.Variable[]): OptimizerStep {
    return this.#optimizer.planStep(variables.map(this.#targetOf));
  }
}
