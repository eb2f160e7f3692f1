import type * as tf from '@tensorflow/tfjs';

/** A number, or arrays of them to any depth. */
export type NestedNumbers = number | ArrayLike<number> | readonly NestedNumbers[];

/**
 * How two tensors differ, in words.
 *
 * @returns undefined when they have one shape and no value differs by more than `tolerance`.
 */
export function describeDifference(
  received: tf.Tensor | NestedNumbers,
  expected: tf.Tensor | NestedNumbers,
  tolerance: number,
): string | undefined {
  const actual = flatten(received);
  const wanted = flatten(expected);
  if (actual.shape.join() !== wanted.shape.join()) {
    return `Expected shape [${wanted.shape}], received [${actual.shape}].`;
  }
  const differences = Array.from(actual.values, (value, i) => distance(value, wanted.values[i]!));
  const firstBad = differences.findIndex((difference) => difference > tolerance);
  if (firstBad < 0) return undefined;
  return [
    `Expected ${wanted.values[firstBad]} at [${indexOf(firstBad, actual.shape)}], received ${actual.values[firstBad]}.`,
    `The largest of ${differences.length} differences is ${differences.reduce((a, b) => Math.max(a, b))}, allowed is ${tolerance}.`,
  ].join('\n');
}

interface FlatTensor {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

function flatten(value: tf.Tensor | NestedNumbers): FlatTensor {
  if (typeof value === 'number') return { shape: [], values: [value] };
  if ('dataSync' in value) return { shape: value.shape, values: value.dataSync() };
  const parts = Array.from<NestedNumbers>(value).map(flatten);
  const inner = parts[0]?.shape ?? [];
  if (parts.some((part) => part.shape.join() !== inner.join())) {
    throw new Error('The nested arrays are ragged; write every row with the same length.');
  }
  return { shape: [parts.length, ...inner], values: parts.flatMap((part) => Array.from(part.values)) };
}

/** Absolute difference; infinite where one value is NaN or infinite and the other is not the same. */
function distance(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  return Number.isFinite(a) && Number.isFinite(b) ? Math.abs(a - b) : Number.POSITIVE_INFINITY;
}

function indexOf(flatIndex: number, shape: readonly number[]): number[] {
  return shape.map((size, axis) => {
    const stride = shape.slice(axis + 1).reduce((product, inner) => product * inner, 1);
    return Math.floor(flatIndex / stride) % size;
  });
}
