import * as tf from '@tensorflow/tfjs';
import { BoundedCache } from '../bounded_cache';
import { ascendingRelativeRows, descendingRelativeRows, type RelativePositionOptions } from './relative_positions';

/** Rows of the relative table in the order of distances, int32 `[2S]`. */
export interface RowsForLength {
  /** For distances from `S − 1` down: content-to-position. */
  readonly descending: tf.Tensor1D;
  /** For distances from `−(S − 1)` up: position-to-content. */
  readonly ascending: tf.Tensor1D;
}

/** Lengths kept at a time; a data set padded to multiples of 8 up to 512 has 64. */
const KEPT_LENGTHS = 64;

/**
 * The rows of the relative table that each sequence length reads, computed once per length and kept.
 *
 * They depend on the length and the configuration alone. Kept as tensors because tfjs-node reads the indices of
 * every gather back from the device when they are new.
 */
export class RelativePositionRows {
  readonly #byLength = new BoundedCache<number, RowsForLength>(KEPT_LENGTHS, ({ descending, ascending }) =>
    tf.dispose([descending, ascending]),
  );

  constructor(readonly options: RelativePositionOptions) {}

  /** The rows for length `S`, owned by this object. */
  forLength(length: number): RowsForLength {
    return this.#byLength.get(length, () => ({
      descending: tf.keep(tf.tensor1d(descendingRelativeRows(length, this.options), 'int32')),
      ascending: tf.keep(tf.tensor1d(ascendingRelativeRows(length, this.options), 'int32')),
    }));
  }

  dispose(): void {
    this.#byLength.clear();
  }
}
