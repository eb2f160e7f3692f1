import type * as tf from '@tensorflow/tfjs';
import type { CheckpointFormat } from '../convert/checkpoint_format';
import type { OpenOptions } from '../convert/open_checkpoint';
import type { StorageType } from '../convert/storage_type';
import type { WeightProgress } from '../convert/weight_progress';
import type { Precision } from '../kernels/kernel_plan';
import type { LabelInputs } from './label_inputs';
import type { LossOptions } from './loss_options';
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
export interface FromPretrainedOptions extends ModelOptions, OpenOptions {
  /** Number of labels of a new head; label names start over. */
  readonly numLabels?: number;
  readonly id2label?: Readonly<Record<number, string>>;
  readonly label2id?: Readonly<Record<string, number>>;
  /** Whether weights of another shape are left out, and the model's own start fresh; false by default. */
  readonly ignoreMismatchedSizes?: boolean;
  /** See the model's property of that name; `float32` by default. */
  readonly inferencePrecision?: Precision;
  /** Called after each weight that has been read. */
  readonly onProgress?: (progress: WeightProgress) => void;
}

/** Options of `savePretrained`. */
export interface SavePretrainedOptions {
  /** `tfjs` by default. */
  readonly format?: CheckpointFormat;
  /** Number type of the weights, `float32` by default; {@link StorageType} says what each format can hold. */
  readonly dtype?: StorageType;
  /** Largest weight file in bytes; 64 MiB for `tfjs`, 5 GB otherwise. */
  readonly maxShardSize?: number;
}

/**
 * Arguments of `compile`, with the loss left to the task where none is given; class weights and label smoothing are for
 * that loss. `runEagerly` (false by default) makes training steps operation by operation where they could be one graph,
 * as `run_eagerly` of Keras.
 */
export type CompileArgs = Omit<tf.ModelCompileArgs, 'loss'> &
  Partial<Pick<tf.ModelCompileArgs, 'loss'>> &
  Pick<LossOptions, 'classWeights' | 'labelSmoothing'> & { readonly runEagerly?: boolean };

/** Arguments of `predict`; tfjs exports no name for them. */
export type PredictArgs = NonNullable<Parameters<tf.LayersModel['predict']>[1]>;

/** Arguments of `evaluateDataset`; tfjs exports no name for them. */
export type EvaluateDatasetArgs = NonNullable<Parameters<tf.LayersModel['evaluateDataset']>[1]>;

/** Arguments of `fit`; validation data as `fit` takes its own. */
export type FitArgs = Omit<tf.ModelFitArgs, 'validationData'> & {
  validationData?: tf.ModelFitArgs['validationData'] | [PredictInputs, LabelInputs];
};
