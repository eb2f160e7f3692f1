import type { TakeMemory } from '../files/memory';
import type { NumberType } from './numbers/decode_numbers';

/** Formats this package reads. */
export const SOURCE_FORMATS = ['tfjs', 'safetensors', 'h5', 'tf2', 'savedmodel', 'bin', 'original'] as const;

/** One of {@link SOURCE_FORMATS}; `original` is a pickle as microsoft/DeBERTa writes it. */
export type SourceFormat = (typeof SOURCE_FORMATS)[number];

/** What a file says about a tensor before it is read. */
export interface TensorInfo {
  /** A {@link NumberType}, else whatever the file calls it. */
  readonly dtype: string;
  /** As it lies in the file. */
  readonly shape: readonly number[];
  /** A name that `canonicalName` understands, where the file's own cannot be understood without more of the file. */
  readonly knownAs?: string;
}

/**
 * An open checkpoint: the names of its tensors, and each on demand.
 *
 * @example
 * const { reader, close } = await openCheckpoint('deberta-v3-small');
 * for (const [name, { dtype, shape }] of reader.tensors) console.log(name, dtype, shape);
 * const firstTenRows = await reader.read('deberta.embeddings.word_embeddings.weight', [0, 10]);
 * await close();
 */
export interface CheckpointReader {
  readonly format: SourceFormat;
  /** How matrices lie, told by the names in the file rather than by its format: safetensors may be either. */
  readonly layout: 'tf' | 'pytorch';
  /** Names as in the file. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** A configuration that the weights file carries, as JSON; undefined where it carries none. */
  readonly embeddedConfig?: unknown;
  /**
   * Reads a tensor, whatever its number type, as float32 in row-major order.
   *
   * @param rows a range of the first axis; all of it by default.
   * @param take memory for the result, if the reader can use it; fresh by default.
   * @throws {CheckpointError} when there is no such tensor, it holds no numbers, or the file is damaged.
   */
  read(name: string, rows?: readonly [start: number, end: number], take?: TakeMemory): Promise<Float32Array>;
  /** Closes the files; reading afterwards is an error. */
  close(): Promise<void>;
}

/** `tf` if the names are TensorFlow's (with slashes), `pytorch` if they are dotted. */
export function layoutOf(names: Iterable<string>): CheckpointReader['layout'] {
  for (const name of names) if (name.includes('/')) return 'tf';
  return 'pytorch';
}
