import * as tf from '@tensorflow/tfjs';
import { formatBytes } from '../../files/format_bytes';
import { estimateMemory } from '../../models/estimate_memory';
import type { TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';
import { packageVersion } from '../../runtime/package_version';
import type { RunSettings } from '../../training/logs/settings_table';
import { loraSettings } from './lora_flags';
import type { ModelPlan } from './model_plan';
import type { AdamFlags, TrainFlags } from './train_flags';
import { countWarmupSteps } from './training_optimizer';
import type { PreparedTask, TrainingTask } from './training_task';

/** What is known of a run before its first step. */
export interface KnownRun {
  readonly plan: ModelPlan;
  readonly task: TrainingTask;
  readonly prepared: PreparedTask;
  readonly model: TFDebertaV2PreTrainedModel;
  readonly peak: number;
  readonly totalSteps: number;
  /** The value of evaluations that decides which is best. */
  readonly metric: string | undefined;
  readonly classWeights: readonly number[] | undefined;
}

/**
 * Every setting of a run with the value in force, by the names of transformers' TrainingArguments where they have one;
 * what is not in use is undefined.
 */
export function runSettings(flags: TrainFlags, run: KnownRun): RunSettings {
  const { plan, task, prepared, model, totalSteps, metric } = run;
  const { architecture } = plan;
  return {
    version: packageVersion,
    architecture,
    model: flags.model ?? `from scratch (${flags.config})`,
    tokenizer: plan.tokenizer,
    backend: tf.getBackend(),
    parameters: model.numParameters(),
    train_file: flags.train,
    eval_file: flags.eval,
    train_features: prepared.trainFeatures,
    eval_features: prepared.evalFeatures,
    longest_feature: prepared.longest,
    labels: task.classCounts && Object.values(task.config.id2label),
    problem_type: task.config.problemType ?? undefined,
    max_length: flags.maxLength,
    memory_of_a_step: `about ${formatBytes(stepMemory(flags, run))}`,
    ...optimizerSettings(flags, run),
    num_train_epochs: flags.epochs,
    max_steps: totalSteps,
    train_batch_size: flags.batchSize,
    eval_batch_size: flags.evalBatchSize ?? flags.batchSize,
    group_by_length: flags.groupByLength ?? false,
    seed: flags.seed,
    eval_steps: prepared.evaluate && (flags.evalSteps ?? 'each epoch'),
    save_steps: flags.saveSteps ?? 'each epoch',
    logging_steps: flags.loggingSteps,
    save_total_limit: flags.saveTotalLimit,
    metric_for_best_model: metric,
    early_stopping_patience: flags.earlyStopping,
  };
}

function optimizerSettings(flags: TrainFlags, { model, peak, totalSteps, classWeights }: KnownRun): RunSettings {
  return {
    ...adamSettings(flags, peak, totalSteps),
    label_smoothing_factor: flags.labelSmoothing,
    class_weights: classWeights?.map((weight) => Number(weight.toPrecision(4))),
    sift_lambda: flags.siftLambda,
    frozen_embeddings: flags.freezeEmbeddings ?? false,
    frozen_layers: flags.freezeLayers,
    gradient_checkpointing: flags.gradientCheckpointing ?? false,
    ...loraSettings(model, flags),
  };
}

/** The settings of AdamW and its schedule. */
export function adamSettings(flags: AdamFlags, peak: number, totalSteps: number): RunSettings {
  return {
    learning_rate: peak,
    lr_scheduler_type: flags.lrSchedulerType,
    warmup_steps: flags.lrSchedulerType === 'constant' ? 0 : countWarmupSteps(flags, totalSteps),
    weight_decay: flags.weightDecay,
    layerwise_decay: flags.layerwiseDecay,
    max_grad_norm: flags.maxGradNorm,
    adam_beta1: flags.adamBeta1,
    adam_beta2: flags.adamBeta2,
    adam_epsilon: flags.adamEpsilon,
    bias_correction: flags.biasCorrection,
    gradient_accumulation_steps: flags.gradientAccumulationSteps,
    ema_decay: flags.ema,
  };
}

function stepMemory(flags: TrainFlags, { plan, task, prepared }: KnownRun): number {
  const { gradientCheckpointing = false, freezeEmbeddings = false, freezeLayers, batchSize } = flags;
  return estimateMemory(task.config, {
    architecture: plan.architecture,
    batch: batchSize * prepared.rowsPerFeature,
    length: prepared.longest,
    gradientCheckpointing,
    accumulation: flags.gradientAccumulationSteps,
    frozen: { embeddings: freezeEmbeddings, layers: freezeLayers },
    sift: flags.siftLambda !== undefined,
  }).total;
}
