/** The numbers of one named input or label of a batch. */
export interface BatchArray {
  /** Row by row; integers for ids, masks and class indices, floats for values. */
  readonly values: Int32Array | Float32Array;
  /** Such as `[B, S]`. */
  readonly shape: readonly number[];
}

/** Examples put together for one step, as plain numbers, so that a worker thread can make them. */
export interface Batch {
  /** By the names tokenizers give them: `input_ids`, `attention_mask`, `token_type_ids`. */
  readonly xs: Readonly<Record<string, BatchArray>>;
  /** By the names the models give them: `labels`, or `start_positions` and `end_positions`. */
  readonly ys: Readonly<Record<string, BatchArray>>;
  /** Examples in it. */
  readonly size: number;
  /** Tokens in it that are not padding. */
  readonly tokens: number;
}
