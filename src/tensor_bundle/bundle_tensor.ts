/** A tensor that is written to a checkpoint. */
export type BundleTensor = FloatTensor | { readonly name: string; readonly text: Uint8Array };

/** Float32 numbers. */
export interface FloatTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its numbers in pieces, row by row; asked for once, when they are written. */
  readonly pieces: () => AsyncIterable<Float32Array>;
}
