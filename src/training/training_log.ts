/** What is known of a training run at one step. */
export interface LogRecord {
  /** `train` for values of the steps since the last record, `eval` for those of held-out data. */
  readonly kind: 'train' | 'eval';
  /** Optimizer steps done. */
  readonly step: number;
  /** Such as `loss`, `learning_rate`, `gradient_norm`, `tokens_per_second`, `memory_mb`, `f1`. */
  readonly values: Readonly<Record<string, number>>;
  /** Values of weights or gradients by name, where histograms were asked for. */
  readonly histograms?: Readonly<Record<string, Float32Array>>;
}

/** Where the records of a run go: a progress bar, a file, TensorBoard. */
export interface TrainingLog {
  /** Takes a record, in the order of the steps. */
  write(record: LogRecord): void | Promise<void>;
  /** Called once, however the run ends. */
  close(): void | Promise<void>;
}
