/** What a file says about a tensor before it is read. */
export interface TensorInfo {
  /** Number type in the spelling of the file's format, such as `F16` or `<f4`. */
  readonly dtype: string;
  /** As it lies in the file. */
  readonly shape: readonly number[];
}

/** An open checkpoint: the names of its tensors, and each on demand. */
export interface CheckpointReader {
  readonly format: 'h5' | 'safetensors' | 'tfjs';
  /** How matrices lie, told by the names in the file rather than by its format: safetensors may be either. */
  readonly layout: 'tf' | 'pytorch';
  /** Names as in the file. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /**
   * Reads a tensor, whatever its number type, as float32 in row-major order.
   *
   * @param rows a range of the first axis; all of it by default.
   * @throws {CheckpointError} when there is no such tensor, its numbers are no floats, or the file is damaged.
   */
  read(name: string, rows?: readonly [start: number, end: number]): Promise<Float32Array>;
  /** Closes the files; reading afterwards is an error. */
  close(): Promise<void>;
}

/** `tf` if the names are TensorFlow's (with slashes), `pytorch` if they are dotted. */
export function layoutOf(names: Iterable<string>): CheckpointReader['layout'] {
  for (const name of names) if (name.includes('/')) return 'tf';
  return 'pytorch';
}
