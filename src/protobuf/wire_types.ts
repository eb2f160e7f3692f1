/** A field that holds one plain value. */
export type ScalarType = 'string' | 'bytes' | 'int' | 'bool' | 'float' | 'double' | 'fixed32';

/** How each plain value lies in a message. */
export const WIRE_TYPES: Readonly<Record<ScalarType, number>> = {
  int: 0,
  bool: 0,
  double: 1,
  string: 2,
  bytes: 2,
  float: 5,
  fixed32: 5,
};

/** How texts, bytes, messages and packed lists lie in a message: their length first. */
export const LENGTH_DELIMITED = 2;
