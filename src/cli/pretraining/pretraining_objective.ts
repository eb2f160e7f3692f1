import type { RunSettings } from '../../training/logs/settings_table';
import type { TrainResult } from '../../training/run_training';
import type { RunOptions } from '../../training/train_options';

/** The options of a run that are the same whatever it trains. */
export type CommonRunOptions = Omit<RunOptions<never>, 'train' | 'evaluation' | 'earlyStopping'>;

/** What is pre-trained, and how. */
export interface PretrainingObjective {
  /** Settings that only this objective has. */
  readonly settings: RunSettings;
  /** Class of the model that is kept. */
  readonly architecture: string;
  /** Folders of a checkpoint that hold a model, relative to it; each is to get the tokenizer. */
  readonly folders: readonly string[];
  /** Makes the run. */
  run(options: CommonRunOptions): Promise<TrainResult>;
  /** Writes what was trained into a folder, as ordinary checkpoints. */
  save(folder: string): Promise<void>;
  /** Releases models and optimizers. */
  dispose(): void;
}
