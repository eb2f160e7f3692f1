import type { GraphShape } from './graph_def';

/** A float32 variable that is saved with its value. */
export interface SavedVariable {
  /** Also of its `VarHandleOp` and that node's `shared_name`. */
  readonly name: string;
  readonly shape: GraphShape;
  /** Its numbers, row by row; asked for once, when they are written. */
  readonly values: () => Promise<Float32Array> | Float32Array;
}
