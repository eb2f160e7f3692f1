/**
 * For each element of a shape, in order, which element of a smaller one it reads by the rules of broadcasting.
 *
 * @param from axes of 1, or as in `to`; fewer of them at most.
 *
 * @example
 * broadcastIndices([2, 1], [2, 3]); // [0, 0, 0, 1, 1, 1]
 */
export function broadcastIndices(from: readonly number[], to: readonly number[]): number[] {
  const offset = to.length - from.length;
  let indices = [0];
  for (const [axis, size] of to.entries()) {
    const own = axis < offset ? 1 : from[axis - offset]!;
    indices = indices.flatMap((index) =>
      Array.from({ length: size }, (_, position) => index * own + (own === 1 ? 0 : position)),
    );
  }
  return indices;
}
