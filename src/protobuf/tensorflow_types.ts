/** What the messages of TensorFlow's graphs and of its checkpoints have in common; from `tensorflow/core/framework`. */

/** `TensorShapeProto`. */
export const TENSOR_SHAPE = {
  dim: { id: 2, rule: 'repeated', type: { size: { id: 1, type: 'int' } } },
} as const;

/** `VersionDef`: the version of a format, and the oldest version of a reader that may read it. */
export const VERSION = { producer: { id: 1, type: 'int' }, min_consumer: { id: 2, type: 'int' } } as const;

/** Numbers of the element types (`DataType`). */
export const DATA_TYPES = {
  float: 1,
  double: 2,
  int32: 3,
  uint8: 4,
  int16: 5,
  int8: 6,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  uint16: 17,
  complex128: 18,
  half: 19,
  resource: 20,
  variant: 21,
  uint32: 22,
  uint64: 23,
  float8_e5m2: 24,
  float8_e4m3fn: 25,
} as const;

/** A shape as a `TensorShapeProto`. */
export function toShapeMessage(shape: readonly number[]): { dim: { size: number }[] } {
  return { dim: shape.map((size) => ({ size })) };
}
