import * as tf from '@tensorflow/tfjs';
import { variableGradients } from '../ops/variable_gradients';
import { AdamWeightDecay } from '../optimizers/adam_weight_decay';

/** The tensors of one training step, as they enter the Keras graph. */
export interface StepData {
  /** `input_ids`, `attention_mask`, `token_type_ids`. */
  readonly inputs: readonly tf.Tensor[];
  readonly target: tf.Tensor;
  /** How much each row counts in the loss; all the same by default. */
  readonly sampleWeights?: tf.Tensor | undefined;
}

/** What a model computes of a batch while it trains. */
export interface StepLoss {
  readonly loss: tf.Scalar;
  /** How much the loss counts beside those of other batches: the labels it is the mean of. */
  readonly weight: tf.Scalar;
  /** Scalars, or whatever else is to be known of the pass, computed with it and without a gradient. */
  readonly metrics: tf.Tensor[];
}

/** Loss and metrics of a batch, differentiable. */
export type StepLossFunction = (data: StepData) => StepLoss;

/** What a step gives: tensors that are the caller's. */
export type StepOutputs = { loss: tf.Scalar; metrics: tf.Tensor[] };

/** Loss and gradients of a batch, the latter by names of variables. */
export function gradientsOf(
  lossOf: StepLossFunction,
  data: StepData,
  variables: readonly tf.Variable[],
): StepLoss & { readonly gradients: tf.NamedTensorMap } {
  let computed: StepLoss | undefined;
  const { value: loss, grads: gradients } = variableGradients(() => {
    computed = lossOf(data);
    for (const tensor of [computed.weight, ...computed.metrics]) tf.keep(tensor);
    return computed.loss;
  }, variables);
  return { ...computed!, loss, gradients };
}

/**
 * One training step, operation by operation.
 *
 * @param variables the weights to train.
 */
export function trainStep(
  lossOf: StepLossFunction,
  data: StepData,
  variables: readonly tf.Variable[],
  optimizer: tf.Optimizer,
): StepOutputs {
  return tf.tidy(() => {
    const { loss, weight, metrics, gradients } = gradientsOf(lossOf, data, variables);
    if (optimizer instanceof AdamWeightDecay) {
      const trained = variables.filter(({ name }) => gradients[name] != null);
      const ofTrained = trained.map(({ name }) => gradients[name]!);
      optimizer.computeStep(trained, ofTrained, weight, Number.isFinite(loss.dataSync()[0]));
    } else {
      optimizer.applyGradients(gradients);
    }
    weight.dispose();
    return { loss, metrics };
  });
}
