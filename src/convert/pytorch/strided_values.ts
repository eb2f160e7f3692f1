/**
 * The numbers of a view in row-major order.
 *
 * @param values the part of the storage that the view looks into, from its first number.
 * @param strides numbers from one element to the next, for each axis; 0 repeats one.
 */
export function stridedValues(
  values: Float32Array,
  shape: readonly number[],
  strides: readonly number[],
): Float32Array {
  const rows = shape.slice(0, -1);
  const width = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 0;
  const result = new Float32Array(rows.reduce((product, size) => product * size, width));
  const index = rows.map(() => 0);
  let start = 0;
  for (let filled = 0; filled < result.length; filled += width) {
    for (let column = 0; column < width; column++) result[filled + column] = values[start + column * step]!;
    // The next row: the last axis counts up, and carries over to those before it.
    for (let axis = rows.length - 1; axis >= 0; axis--) {
      start += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < rows[axis]!) break;
      start -= rows[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}
