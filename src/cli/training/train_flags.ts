import type { Architecture } from '../../config/architecture';
import type { ProblemType } from '../../config/config_schema';
import type { CheckpointFormat } from '../../convert/checkpoint_format';
import type { DataFormat } from '../../data/readers/read_examples';
import type { BackendName } from '../../runtime/backend_name';
import type { SourceFlags } from '../source_flags';
import type { ColumnFlags } from './column_flags';

/** How the files of a run are read. */
export interface DataFlags {
  readonly train: string;
  readonly eval?: string;
  readonly evalSplit?: number;
  readonly dataFormat?: DataFormat;
  readonly quotes: boolean;
  readonly paragraphs?: boolean;
  readonly skipBadRows?: boolean;
}

/** What is made of texts. */
export interface FeatureFlags {
  readonly labels?: readonly string[];
  readonly problemType?: ProblemType;
  readonly maxLength?: number;
  readonly stride?: number;
  readonly labelAllTokens?: boolean;
  readonly lineByLine?: boolean;
  readonly mlmProbability: number;
  readonly wholeWordMask?: boolean;
  readonly maxNgram: number;
}

/** Names of the schedules, as transformers has them. */
export const SCHEDULES = [
  'linear',
  'cosine',
  'cosine_with_restarts',
  'polynomial',
  'constant',
  'constant_with_warmup',
] as const;

/** How weights are changed by AdamW. */
export interface AdamFlags {
  readonly learningRate?: number;
  readonly lrSchedulerType: (typeof SCHEDULES)[number];
  readonly warmupRatio: number;
  readonly warmupSteps?: number;
  readonly lrCycles: number;
  readonly lrPower: number;
  readonly weightDecay: number;
  readonly layerwiseDecay: number;
  readonly maxGradNorm: number;
  readonly adamBeta1: number;
  readonly adamBeta2: number;
  readonly adamEpsilon: number;
  readonly biasCorrection: boolean;
  readonly gradientAccumulationSteps: number;
  readonly ema?: number;
}

/** How weights are changed. */
export interface OptimizerFlags extends AdamFlags {
  readonly labelSmoothing: number;
  readonly classWeights?: 'balanced' | readonly number[];
  readonly siftLambda?: number;
  readonly freezeEmbeddings?: boolean;
  readonly freezeLayers: number;
  readonly gradientCheckpointing?: boolean;
}

/** What is trained in the place of the whole model. */
export interface LoraFlags {
  readonly loraRank?: number;
  readonly loraAlpha?: number;
  readonly loraDropout?: number;
  readonly loraTargets?: readonly string[];
  readonly loraRslora?: boolean;
  readonly mergeLora?: boolean;
}

/** How the run goes. */
export interface RunFlags {
  readonly epochs: number;
  readonly maxSteps?: number;
  readonly batchSize: number;
  readonly evalBatchSize?: number;
  readonly groupByLength?: boolean;
  readonly seed: number;
  readonly evalSteps?: number;
  readonly saveSteps?: number;
  readonly loggingSteps: number;
  readonly saveTotalLimit: number;
  readonly metric?: string;
  readonly earlyStopping?: number;
  readonly restoreBest: boolean;
  readonly resume?: boolean;
  readonly eager?: boolean;
  readonly backend?: BackendName;
}

/** Where things go. */
export interface OutputFlags {
  readonly output: string;
  readonly format: CheckpointFormat;
  readonly log?: string;
  readonly tensorboard?: string;
  readonly histogramSteps?: number;
  readonly plot?: string;
  readonly json?: boolean;
}

/** The options of `train`, by the names of its command line. */
export interface TrainFlags
  extends SourceFlags,
    DataFlags,
    ColumnFlags,
    FeatureFlags,
    OptimizerFlags,
    RunFlags,
    LoraFlags,
    OutputFlags {
  readonly task?: Architecture;
  readonly model?: string;
  readonly config?: string;
  readonly tokenizer?: string;
}
