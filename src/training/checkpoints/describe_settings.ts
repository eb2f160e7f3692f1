import type * as tf from '@tensorflow/tfjs';
import type { LoraAdapter } from '../../adapters/lora_adapter';
import { crc32 } from '../../files/crc32';
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
    ...(model.adapter && describeAdapter(model.adapter)),
  };
}

/** The adapter that is trained, and the base model, which is in none of its checkpoints. */
function describeAdapter(adapter: LoraAdapter): Record<string, unknown> {
  adapter.requireNothingElseTrained();
  const sum = adapter.frozenWeights.reduce((before, weight) => {
    const { buffer, byteOffset, byteLength } = weight.read().dataSync<'float32'>();
    return crc32(new Uint8Array(buffer, byteOffset, byteLength), before);
  }, 0);
  return { adapter: adapter.info, base_weights: checksumText(sum) };
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

/** A checksum as settings have it. */
export function checksumText(sum: number): string {
  return sum.toString(16).padStart(8, '0');
}

/** Fields with a prefix before their names, as in `model.hidden_size`. */
export function prefixed(prefix: string, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${prefix}.${name}`, value]));
}
