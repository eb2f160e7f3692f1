import { CheckpointError } from '../errors';
import type { TensorInfo } from './checkpoint_reader';
import { elementCount } from './numbers/element_count';

/** A run of a tensor's numbers, counted in numbers from its first. */
export interface TensorRange {
  readonly start: number;
  readonly length: number;
}

/**
 * Where the rows `[start, end)` of a tensor lie in it; the whole tensor by default.
 *
 * @param path for messages.
 * @throws {CheckpointError} when there is no such tensor or it has no such rows.
 */
export function tensorRange(
  path: string,
  tensors: ReadonlyMap<string, TensorInfo>,
  name: string,
  rows?: readonly [start: number, end: number],
): TensorRange {
  const info = tensors.get(name);
  if (info === undefined) throw new CheckpointError(`${path} must hold a tensor ${name} and does not.`, { path });
  const { shape } = info;
  const length = elementCount(shape);
  if (rows === undefined) return { start: 0, length };
  const [start, end] = rows;
  const count = shape[0] ?? 0;
  if (!(start >= 0 && start <= end && end <= count)) {
    throw new CheckpointError(`Tensor ${name} in ${path} has rows 0 to ${count}, received [${rows}].`, {
      path,
      expected: [0, count],
      received: rows,
    });
  }
  const rowLength = count === 0 ? 0 : length / count;
  return { start: start * rowLength, length: (end - start) * rowLength };
}
