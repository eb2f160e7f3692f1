import type { BatchStream } from '../data/batch_stream';
import type { TFDebertaV2PreTrainedModel } from '../models/pretrained_model';
import type { TrainingLog } from './training_log';

/** When a run is evaluated, and how. */
export interface EvaluationOptions<Model = TFDebertaV2PreTrainedModel> {
  /** Measures the model on held-out data: values by name. The run waits for it, and gives it the only use of the model. */
  readonly evaluate: (model: Model) => Promise<Readonly<Record<string, number>>>;
  /** Steps from one evaluation to the next; after each epoch by default. In any case the end of the run is evaluated. */
  readonly everySteps?: number;
}

/** When a run has got no better for too long. */
export interface EarlyStoppingOptions {
  /** The value of the evaluation that counts, by its name. */
  readonly metric: string;
  /** Whether a larger or a smaller value is better. */
  readonly mode: 'max' | 'min';
  /** Evaluations in a row without a better value that end the run, 3 by default; `Infinity` only looks for the best. */
  readonly patience?: number;
  /** By how much a value must be better to count, 0 by default. */
  readonly minDelta?: number;
}

/** Options of a run, whatever it trains. */
export interface RunOptions<Model> {
  /** What it is trained on. */
  readonly train: BatchStream;
  /** Times that the data are gone through; this or `maxSteps` must be given, the first reached ends the run. */
  readonly epochs?: number;
  /** Optimizer steps of the whole run, those before a resume included. */
  readonly maxSteps?: number;
  /** No evaluation by default. */
  readonly evaluation?: EvaluationOptions<Model>;
  /** Runs to the end by default. Needs `evaluation`. */
  readonly earlyStopping?: EarlyStoppingOptions;
  /** With `earlyStopping`: whether the model has the best weights at the end, true by default, or the last ones. */
  readonly restoreBest?: boolean;
  /** Folder for checkpoints, which is made if it must be; nothing is saved by default. */
  readonly outputDir?: string;
  /** Steps from one checkpoint to the next; after each epoch by default. The end of the run, however it comes, is saved. */
  readonly saveEverySteps?: number;
  /** Number of newest checkpoints that stay, 3 by default; the best one stays as well. */
  readonly keepLast?: number;
  /** Called with the folder of each checkpoint before it gets its name, to add files such as a tokenizer's. */
  readonly onSave?: (folder: string) => Promise<void>;
  /** Whether to go on from the newest checkpoint in `outputDir`, false by default; `'auto'` starts anew if there is none. */
  readonly resume?: boolean | 'auto';
  /** Steps from one record of the training to the next, 10 by default. */
  readonly logEverySteps?: number;
  /** Where the records go; they are closed at the end, however it comes. */
  readonly logs?: readonly TrainingLog[];
  /** Steps from one record with all trained weights to the next; none by default. */
  readonly histogramEverySteps?: number;
  /** Ends the run after the batch at hand. */
  readonly signal?: AbortSignal;
  /** Whether the first SIGINT or SIGTERM of the process does so as well, false by default; the second ends the process. */
  readonly handleSignals?: boolean;
  /** Seed of the dropout masks, a 32-bit integer; by default the model's seeds go on as they are. */
  readonly seed?: number;
  /** Steps in a row without a finite loss or gradient that end the run with an error, 10 by default. */
  readonly maxSkippedSteps?: number;
}

/** Options of {@link train}. */
export interface TrainOptions extends RunOptions<TFDebertaV2PreTrainedModel> {
  /** A compiled model, whose weights are trained. */
  readonly model: TFDebertaV2PreTrainedModel;
}
