import type { CheckpointReader, TensorInfo } from './checkpoint_reader';
import { elementCount } from './numbers/element_count';
import { reverseAxes } from './numbers/reverse_axes';
import { rowChunks } from './numbers/row_chunks';
import { canonicalName, transformOf } from './weight_names';
import { isCopy } from './weight_plan';

/** How a tensor of one checkpoint compares with that of another. */
export interface TensorDifference {
  /** Canonical name where it is a weight of a model, else the name in the file. */
  readonly name: string;
  readonly status: 'equal' | 'different' | 'other shape' | 'only in first' | 'only in second';
  /** In TensorFlow's layout; undefined where there is none. */
  readonly shapes: readonly [first: readonly number[] | undefined, second: readonly number[] | undefined];
  readonly dtypes: readonly [first: string | undefined, second: string | undefined];
  /** Largest difference between two numbers, where both have the same shape; NaN where one of a pair is none. */
  readonly largestDifference?: number;
}

/** A tensor and where it is read from. */
interface Side {
  readonly reader: CheckpointReader;
  readonly source: string;
  readonly info: TensorInfo;
  /** Whether its axes lie the other way round than in TensorFlow. */
  readonly isReversed: boolean;
}

/**
 * Compares two open checkpoints tensor by tensor, whatever their formats: by canonical name, in TensorFlow's layout, as
 * float32. Memory holds two tensors at most, of large ones pieces. Copies of tied weights, which only PyTorch's pickles
 * hold, are no difference.
 *
 * @yields a row for each name, in the order of the first checkpoint, then those only the second has.
 * @throws {CheckpointError} when a file is damaged.
 *
 * @example
 * const [first, second] = [await openCheckpoint('before'), await openCheckpoint('after')];
 * for await (const { name, status } of diffCheckpoints(first.reader, second.reader)) console.log(name, status);
 */
export async function* diffCheckpoints(
  first: CheckpointReader,
  second: CheckpointReader,
): AsyncGenerator<TensorDifference> {
  const [left, right] = [sidesOf(first), sidesOf(second)];
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const inBoth = left.has(name) && right.has(name);
    if (inBoth || !isCopy(name)) yield compare(name, left.get(name), right.get(name));
  }
}

function sidesOf(reader: CheckpointReader): ReadonlyMap<string, Side> {
  const sides = new Map<string, Side>();
  for (const [source, info] of reader.tensors) {
    const name = canonicalName(info.knownAs ?? source);
    const isReversed = reader.layout === 'pytorch' && transformOf(name) !== 'none';
    if (!sides.has(name) || source === name) sides.set(name, { reader, source, info, isReversed });
  }
  return sides;
}

async function compare(name: string, first: Side | undefined, second: Side | undefined): Promise<TensorDifference> {
  const shapes = [first && shapeOf(first), second && shapeOf(second)] as const;
  const row = { name, shapes, dtypes: [first?.info.dtype, second?.info.dtype] as const };
  if (first === undefined) return { ...row, status: 'only in second' };
  if (second === undefined) return { ...row, status: 'only in first' };
  if (String(shapes[0]) !== String(shapes[1])) return { ...row, status: 'other shape' };
  const largestDifference = await largestDifferenceOf(first, second);
  return { ...row, status: largestDifference === 0 ? 'equal' : 'different', largestDifference };
}

function shapeOf({ info, isReversed }: Side): readonly number[] {
  return isReversed ? [...info.shape].reverse() : info.shape;
}

async function largestDifferenceOf(first: Side, second: Side): Promise<number> {
  let largest = 0;
  const { shape } = first.info;
  const inPieces = first.isReversed === second.isReversed && elementCount(shape) > 0 && shape.length > 0;
  for (const rows of inPieces ? rowChunks(shape) : [undefined]) {
    const [a, b] = [await readSide(first, rows), await readSide(second, rows)];
    // Read alike, they need not be turned.
    const [left, right] = inPieces ? [a, b] : [inLayout(first, a), inLayout(second, b)];
    for (let index = 0; index < left.length; index++) {
      const [value, other] = [left[index]!, right[index]!];
      if (Object.is(value, other)) continue;
      const difference = Math.abs(value - other);
      if (!(difference <= largest)) largest = difference;
      if (Number.isNaN(difference)) return Number.NaN;
    }
  }
  return largest;
}

function readSide({ reader, source }: Side, rows: readonly [number, number] | undefined): Promise<Float32Array> {
  return reader.read(source, rows);
}

function inLayout({ info, isReversed }: Side, values: Float32Array): Float32Array {
  return isReversed ? reverseAxes(values, info.shape) : values;
}
