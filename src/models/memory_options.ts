import type { Architecture } from '../config/architecture';
import type { FreezeOptions } from './freeze';

/** What `estimateMemory` is asked about. */
export interface MemoryOptions {
  /** Texts computed at a time; for multiple choice texts times choices. */
  readonly batch: number;
  /** Tokens of a text, padding included. */
  readonly length: number;
  /** Which model; `TFDebertaV2ForSequenceClassification` by default. */
  readonly architecture?: Architecture;
  /** Whether a training step is asked about (default) or `predict`. */
  readonly training?: boolean;
  /** Whether blocks are recomputed for their gradient, false by default. */
  readonly gradientCheckpointing?: boolean;
  /** Whether the model trains by SiFT (`sift` of `compile`), false by default. */
  readonly sift?: boolean;
  /** The tfjs backend; the one in use by default. On `tensorflow`, AdamW changes weights in place. */
  readonly backend?: string;
  /** `adamw` (default) and `adam` keep two numbers for each weight, `sgd` none. */
  readonly optimizer?: 'adamw' | 'adam' | 'sgd';
  /** Batches whose gradients make one step; above 1 their sum is kept as well. 1 by default. */
  readonly accumulation?: number;
  /** What is frozen, as `freeze` takes it; nothing by default. */
  readonly frozen?: FreezeOptions;
}
