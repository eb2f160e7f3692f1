import { freshMemory, type TakeMemory } from '../../files/memory';

/** Rows and columns of the blocks that are turned at a time: both sides of a block stay in the processor's cache. */
const BLOCK_ROWS = 64;
const BLOCK_COLUMNS = 16;
/** Rows that are turned together, so that neighbours are written together. */
const TOGETHER = 4;

/**
 * A tensor with its axes in reverse order: `[in, out]` ↔ `[out, in]`, `[k, in, out]` ↔ `[out, in, k]`.
 *
 * PyTorch and TensorFlow store dense and convolution kernels so, each the other's reverse.
 *
 * @param values row-major.
 * @param shape of `values`, rank 2 or 3.
 * @param take memory for the result, fresh by default.
 */
export function reverseAxes(
  values: Float32Array,
  shape: readonly number[],
  take: TakeMemory = freshMemory,
): Float32Array<ArrayBuffer> {
  const [rows = 1, middle, last] = shape.length === 3 ? shape : [shape[0], 1, shape[1]];
  const columns = last ?? 1;
  const depth = middle ?? 1;
  const { buffer, byteOffset } = take(values.byteLength);
  // Moved as bits: a copy through floating-point registers may change the payload of a NaN.
  const source = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const target = new Uint32Array(buffer, byteOffset, values.length);
  for (let plane = 0; plane < depth; plane++) {
    for (let row = 0; row < rows; row += BLOCK_ROWS) {
      for (let column = 0; column < columns; column += BLOCK_COLUMNS) {
        const from = { start: (row * depth + plane) * columns + column, step: depth * columns };
        const to = { start: (column * depth + plane) * rows + row, step: depth * rows };
        turnBlock(
          source,
          from,
          target,
          to,
          Math.min(BLOCK_ROWS, rows - row),
          Math.min(BLOCK_COLUMNS, columns - column),
        );
      }
    }
  }
  return new Float32Array(buffer, byteOffset, values.length);
}

/** Where a block begins in a matrix, and how far its rows are apart. */
interface Place {
  readonly start: number;
  readonly step: number;
}

function turnBlock(
  source: Uint32Array,
  from: Place,
  target: Uint32Array,
  to: Place,
  rows: number,
  columns: number,
): void {
  const { step } = from;
  let row = 0;
  for (; row + TOGETHER <= rows; row += TOGETHER) {
    const first = from.start + row * step;
    const second = first + step;
    const third = second + step;
    const fourth = third + step;
    let place = to.start + row;
    for (let column = 0; column < columns; column++) {
      target[place] = source[first + column]!;
      target[place + 1] = source[second + column]!;
      target[place + 2] = source[third + column]!;
      target[place + 3] = source[fourth + column]!;
      place += to.step;
    }
  }
  for (; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      target[to.start + row + column * to.step] = source[from.start + row * step + column]!;
    }
  }
}
