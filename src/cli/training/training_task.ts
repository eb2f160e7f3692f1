import type { DebertaV2Config } from '../../config/deberta_v2_config';
import type { BatchStream } from '../../data/batch_stream';
import type { MetricTask } from '../../metrics/task_metrics';
import type { TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';
import type { DebertaV2TokenizerFast } from '../../tokenization/deberta_v2_tokenizer_fast';

/** The user's examples, read for one task. */
export interface TrainingTask {
  readonly metrics: MetricTask;
  /** The configuration with the labels of the task. */
  readonly config: DebertaV2Config;
  /** How often each class is a label of the examples to learn from, where each label is one class. */
  readonly classCounts?: readonly number[];
  /** Turns the examples into batches. */
  prepare(tokenizer: DebertaV2TokenizerFast): Promise<PreparedTask>;
}

/** Examples as batches, and what measures a model by those held out. */
export interface PreparedTask {
  readonly train: BatchStream;
  /** Undefined where nothing is held out. */
  readonly evaluate: ((model: TFDebertaV2PreTrainedModel) => Promise<Record<string, number>>) | undefined;
  /** Features to learn from, features to measure by, and tokens of the longest. */
  readonly trainFeatures: number;
  readonly evalFeatures: number;
  readonly longest: number;
  /** Texts that one feature is: the choices of a question, else 1. */
  readonly rowsPerFeature: number;
}
