/** Columns that are turned at a time: a strip's rows and columns stay in the processor's cache together. */
const STRIP = 16;

/**
 * A tensor with its axes in reverse order: `[in, out]` ↔ `[out, in]`, `[k, in, out]` ↔ `[out, in, k]`.
 *
 * PyTorch and TensorFlow store dense and convolution kernels so, each the other's reverse.
 *
 * @param values row-major.
 * @param shape of `values`, rank 2 or 3.
 */
export function reverseAxes(values: Float32Array, shape: readonly number[]): Float32Array<ArrayBuffer> {
  const [first = 1, middle, last] = shape.length === 3 ? shape : [shape[0], 1, shape[1]];
  const columns = last ?? 1;
  const depth = middle ?? 1;
  const reversed = new Float32Array(values.length);
  // Moved as bits: a copy through floating-point registers may change the payload of a NaN.
  const source = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const target = new Uint32Array(reversed.buffer);
  const step = depth * first;
  for (let plane = 0; plane < depth; plane++) {
    for (let strip = 0; strip < columns; strip += STRIP) {
      const width = Math.min(STRIP, columns - strip);
      for (let row = 0; row < first; row++) {
        const from = (row * depth + plane) * columns + strip;
        let to = (strip * depth + plane) * first + row;
        for (let column = 0; column < width; column++) {
          target[to] = source[from + column]!;
          to += step;
        }
      }
    }
  }
  return reversed;
}
