import { toNumberList } from '../to_number_list';

/** Pieces for which room is kept from one text to the next. */
const KEPT = 1 << 14;

/** The pieces of a text while it is segmented: id, and units of the normalized text from start to end. */
export class PieceBuffer {
  ids = new Int32Array(KEPT);
  starts = new Int32Array(KEPT);
  ends = new Int32Array(KEPT);
  length = 0;

  /** Id of the last piece; undefined when there is none. */
  get lastId(): number | undefined {
    return this.length === 0 ? undefined : this.ids[this.length - 1];
  }

  clear(): void {
    this.length = 0;
    if (this.ids.length > KEPT) this.#resize(KEPT);
  }

  push(id: number, start: number, end: number): void {
    const index = this.length++;
    if (index === this.ids.length) this.#resize(index * 2);
    this.ids[index] = id;
    this.starts[index] = start;
    this.ends[index] = end;
  }

  /** Lets the last piece go on to `end`. */
  extend(end: number): void {
    this.ends[this.length - 1] = end;
  }

  /** The ids as a list of their own. */
  toIds(): number[] {
    return toNumberList(this.ids, 0, this.length);
  }

  #resize(size: number): void {
    this.ids = resized(this.ids, size, this.length);
    this.starts = resized(this.starts, size, this.length);
    this.ends = resized(this.ends, size, this.length);
  }
}

function resized(values: Int32Array, size: number, used: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(size);
  copy.set(values.subarray(0, Math.min(used, size)));
  return copy;
}
