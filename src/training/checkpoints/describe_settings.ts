import type * as tf from '@tensorflow/tfjs';
import type { TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';
import { AdamWeightDecay } from '../../optimizers/adam_weight_decay';

/** Steps at which a schedule is compared: near its beginning, where it warms up, and far along. */
const COMPARED_STEPS = [0, 1, 10, 100, 1000, 10_000];

/** What makes a model the model it is, apart from its weights. */
export function describeModel(model: TFDebertaV2PreTrainedModel): Record<string, unknown> {
  return {
    class: model.getClassName(),
    ...model.config.toJSON(),
    trainable_weights: model.trainableWeights.length,
  };
}

/** What makes an optimizer the optimizer it is, apart from its state; schedules by some of their values. */
export function describeOptimizer(optimizer: tf.Optimizer): Record<string, unknown> {
  const described = { class: optimizer.getClassName(), ...optimizer.getConfig() };
  if (!(optimizer instanceof AdamWeightDecay)) return described;
  const { learningRate, includeInWeightDecay, excludeFromWeightDecay } = optimizer.options;
  return {
    ...described,
    learningRate: typeof learningRate === 'function' ? COMPARED_STEPS.map(learningRate) : learningRate,
    includeInWeightDecay: includeInWeightDecay?.map(String),
    excludeFromWeightDecay: excludeFromWeightDecay?.map(String),
  };
}

/** Fields with a prefix before their names, as in `model.hidden_size`. */
export function prefixed(prefix: string, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${prefix}.${name}`, value]));
}
