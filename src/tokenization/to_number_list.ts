/** The numbers from `start` to `end` as a list; several times as fast as `Array.from`, which goes through an iterator. */
export function toNumberList(values: Int32Array, start: number, end: number): number[] {
  const list = new Array<number>(end - start);
  for (let index = start; index < end; index++) list[index - start] = values[index]!;
  return list;
}
