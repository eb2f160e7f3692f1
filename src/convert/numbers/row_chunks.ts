import { elementCount } from './element_count';
/** Numbers (float32) that are read or written at once: 4 MiB. */
export const CHUNK_NUMBERS = 1 << 20;

/**
 * Cuts a tensor along its first axis into ranges of at most {@link CHUNK_NUMBERS} numbers, at least one row each.
 *
 * @example
 * [...rowChunks([128100, 384])][0]; // [0, 2730]
 */
export function* rowChunks(shape: readonly number[]): Generator<readonly [start: number, end: number]> {
  const count = shape[0] ?? 0;
  const rowLength = elementCount(shape.slice(1));
  const rows = Math.max(1, Math.floor(CHUNK_NUMBERS / Math.max(1, rowLength)));
  for (let start = 0; start < count; start += rows) yield [start, Math.min(start + rows, count)];
}
