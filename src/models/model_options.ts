import type * as tf from '@tensorflow/tfjs';
import type { CheckpointFormat } from '../convert/checkpoint_format';
import type { OpenOptions } from '../convert/open_checkpoint';
import type { StorageType } from '../convert/storage_type';
import type { WeightProgress } from '../convert/weight_progress';
import type { Precision } from '../kernels/kernel_plan';
import type { EmbeddingsHook } from '../layers/embeddings_hook';
import type { LabelInputs } from './label_inputs';
import type { LossOptions } from './loss_options';
import type { PredictInputs } from './model_inputs';
import type { SiftOptions } from './sift_options';

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
  /** Changes what the embeddings' layer normalization gets; nothing by default. */
  readonly embeddingsHook?: EmbeddingsHook | undefined;
}

/** Options of `fromPretrained`. */
export interface FromPretrainedOptions extends ModelOptions, OpenOptions {
  /** Number of labels of a new head; label names start over. */
  readonly numLabels?: number;
  readonly id2label?: Readonly<Record<number, string>>;
  readonly label2id?: Readonly<Record<string, number>>;
  /** Whether weights of another shape are left out, and the model's own start fresh; false by default. */
  readonly ignoreMismatchedSizes?: boolean;
  /** Folder, URL or hub repository of an adapter to be put on the model, see `loadAdapter`; none by default. */
  readonly adapter?: string | undefined;
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
  /** Whether an adapter on the model becomes part of the weights that are written, false by default. */
  readonly mergeAdapter?: boolean;
  /** Largest weight file in bytes; 64 MiB for `tfjs`, 5 GB otherwise. */
  readonly maxShardSize?: number;
}

/**
 * Arguments of `compile`, with the loss left to the task where none is given; class weights, label smoothing and SiFT are
 * for that loss.
 */
export type CompileArgs = Omit<tf.ModelCompileArgs, 'loss'> &
  Partial<Pick<tf.ModelCompileArgs, 'loss'>> &
  Pick<LossOptions, 'classWeights' | 'labelSmoothing'> & {
    /** Trains by SiFT, `{}` for the numbers of the original; not by default. */
    readonly sift?: SiftOptions | undefined;
    /**
     * Whether training steps are made operation by operation where they could be one graph, as `run_eagerly` of Keras;
     * false by default.
     */
    readonly runEagerly?: boolean;
  };

/** Arguments of `predict`: those of tfjs, which exports no name for them, and rows for a masked-LM head. */
export type PredictArgs = NonNullable<Parameters<tf.LayersModel['predict']>[1]> & {
  /**
   * The tokens that a masked-LM head scores, each as text and position, in the order of the result `[N, V]`; all by
   * default, which for a vocabulary of 128,000 and (8, 512) tokens takes 2 GB.
   */
  readonly maskPositions?: MaskPositions;
};

/** Some tokens of a batch, each as text and position; a tensor is int32 `[N, 2]`. */
export type MaskPositions = ReadonlyArray<readonly [text: number, position: number]> | tf.Tensor2D;

/** Arguments of `evaluateDataset`; tfjs exports no name for them. */
export type EvaluateDatasetArgs = NonNullable<Parameters<tf.LayersModel['evaluateDataset']>[1]>;

/** Arguments of `fit`; validation data as `fit` takes its own. */
export type FitArgs = Omit<tf.ModelFitArgs, 'validationData'> & {
  validationData?: tf.ModelFitArgs['validationData'] | [PredictInputs, LabelInputs];
};
