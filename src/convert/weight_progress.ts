/** How far reading or writing a checkpoint's weights has come. */
export interface WeightProgress {
  /** Bytes of float32 weights done so far. */
  readonly loaded: number;
  readonly total: number;
  /** The weight done last. */
  readonly name: string;
}
