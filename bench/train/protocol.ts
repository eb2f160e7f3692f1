/** What a trainee's process is asked. */
export type Request =
  /** Makes a model with random weights, its optimizer and a batch; answers {@link Opened}. */
  | ({ readonly do: 'open' } & Lesson)
  /** Makes one training step; answers {@link Stepped}. */
  | { readonly do: 'step' }
  /** Answers {@link Memory}. */
  | { readonly do: 'memory' };

/** What everybody trains: a classifier of texts, always on the same batch. */
export interface Lesson {
  /** `config.json` of the model. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Ids without padding, row by row. */
  readonly ids: ReadonlyArray<readonly number[]>;
  /** Class of each text. */
  readonly labels: readonly number[];
}

/** A model ready to be trained. */
export interface Opened {
  /** Number of weights, all of which are trained. */
  readonly parameters: number;
}

/** A step, from ids and labels in memory to the loss in memory, weights and moments changed. */
export interface Stepped {
  readonly milliseconds: number;
  /** Null where it is not finite. */
  readonly loss: number | null;
}

/** Largest resident memory of the process so far. */
export interface Memory {
  readonly peakBytes: number;
}
