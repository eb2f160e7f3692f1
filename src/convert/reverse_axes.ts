/** Side of the squares in which a matrix is transposed, so that both sides stay in the processor's cache. */
const BLOCK = 32;

/**
 * A tensor with its axes in reverse order: `[in, out]` ↔ `[out, in]`, `[k, in, out]` ↔ `[out, in, k]`.
 *
 * PyTorch and TensorFlow store dense and convolution kernels so, each the other's reverse.
 *
 * @param values row-major.
 * @param shape of `values`, rank 2 or 3.
 */
export function reverseAxes(values: Float32Array, shape: readonly number[]): Float32Array {
  const [first = 1, middle, last] = shape.length === 3 ? shape : [shape[0], 1, shape[1]];
  const columns = last ?? 1;
  const depth = middle ?? 1;
  const reversed = new Float32Array(values.length);
  for (let plane = 0; plane < depth; plane++) {
    for (let rowBlock = 0; rowBlock < first; rowBlock += BLOCK) {
      const rowEnd = Math.min(rowBlock + BLOCK, first);
      for (let columnBlock = 0; columnBlock < columns; columnBlock += BLOCK) {
        const columnEnd = Math.min(columnBlock + BLOCK, columns);
        for (let row = rowBlock; row < rowEnd; row++) {
          for (let column = columnBlock; column < columnEnd; column++) {
            reversed[(column * depth + plane) * first + row] = values[(row * depth + plane) * columns + column]!;
          }
        }
      }
    }
  }
  return reversed;
}
