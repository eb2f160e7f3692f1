import type * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import type { CheckpointFormat } from '../convert/checkpoint_writer';
import type { WeightProgress } from '../convert/weight_progress';
import type { LabelInputs } from './label_inputs';
import type { PredictInputs } from './model_inputs';

/** Options of a model's constructor. */
export interface ModelOptions {
  /** Seed of initial weights and dropout masks, a 32-bit integer; random by default. */
  readonly seed?: number;
}

/** Options of `forward`. */
export interface ForwardOptions {
  /** Whether dropout is active, false by default. */
  readonly training?: boolean;
  readonly outputHiddenStates?: boolean;
  readonly outputAttentions?: boolean;
}

/** Options of `fromPretrained`. */
export interface FromPretrainedOptions extends ModelOptions {
  /** Taken instead of the checkpoint's own configuration. */
  readonly config?: DebertaV2Config;
  /** Number of labels of a new head; label names start over. */
  readonly numLabels?: number;
  readonly id2label?: Readonly<Record<number, string>>;
  readonly label2id?: Readonly<Record<string, number>>;
  /** Whether weights of another shape are left out, and the model's own start fresh; false by default. */
  readonly ignoreMismatchedSizes?: boolean;
  /** Called after each weight that has been read. */
  readonly onProgress?: (progress: WeightProgress) => void;
}

/** Options of `savePretrained`. */
export interface SavePretrainedOptions {
  /** `tfjs` by default. */
  readonly format?: CheckpointFormat;
  /** Largest weight file in bytes; 64 MiB for `tfjs`, 5 GB otherwise. */
  readonly maxShardSize?: number;
}

/** Arguments of `compile`, with the loss left to the task where none is given. */
export type CompileArgs = Omit<tf.ModelCompileArgs, 'loss'> & Partial<Pick<tf.ModelCompileArgs, 'loss'>>;

/** Arguments of `predict`; tfjs exports no name for them. */
export type PredictArgs = NonNullable<Parameters<tf.LayersModel['predict']>[1]>;

/** Arguments of `evaluateDataset`; tfjs exports no name for them. */
export type EvaluateDatasetArgs = NonNullable<Parameters<tf.LayersModel['evaluateDataset']>[1]>;

/** Arguments of `fit`; validation data as `fit` takes its own. */
export type FitArgs = Omit<tf.ModelFitArgs, 'validationData'> & {
  validationData?: tf.ModelFitArgs['validationData'] | [PredictInputs, LabelInputs];
};
