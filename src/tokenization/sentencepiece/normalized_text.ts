/** Characters for which room is kept from one text to the next. */
const KEPT = 1 << 16;

/**
 * A normalized text as code units, and what each unit was in the text given.
 *
 * It is filled anew for each text, so that no text costs more than it has characters.
 */
export class NormalizedText {
  units = new Uint16Array(KEPT);
  /** By unit: where the character it comes from begins in the text given. */
  starts = new Int32Array(KEPT);
  /** By unit: where that character ends, exclusive. */
  ends = new Int32Array(KEPT);
  length = 0;

  /** Empties the text; makes room for about so many units. */
  clear(expected: number): void {
    this.length = 0;
    if (this.units.length > KEPT && expected <= KEPT) this.#resize(KEPT);
    else if (this.units.length < expected) this.#resize(expected);
  }

  /** Appends a unit that comes from `start` to `end` of the text given. */
  push(unit: number, start: number, end: number): void {
    if (this.length === this.units.length) this.#resize(this.length * 2);
    this.units[this.length] = unit;
    this.starts[this.length] = start;
    this.ends[this.length] = end;
    this.length++;
  }

  /** Lets the space at the end, if there is one, come from `start` to `end`; the one in front of the text stays. */
  moveSpace(space: number, start: number, end: number): void {
    const last = this.length - 1;
    if (last <= 0 || this.units[last] !== space) return;
    this.starts[last] = start;
    this.ends[last] = end;
  }

  /** The units from `start` to `end`, as a string. */
  slice(start: number, end: number): string {
    let text = '';
    for (let begin = start; begin < end; begin += MOST_ARGUMENTS) {
      text += String.fromCharCode(...this.units.subarray(begin, Math.min(end, begin + MOST_ARGUMENTS)));
    }
    return text;
  }

  #resize(size: number): void {
    const { units, starts, ends, length } = this;
    this.units = new Uint16Array(size);
    this.starts = new Int32Array(size);
    this.ends = new Int32Array(size);
    this.units.set(units.subarray(0, length));
    this.starts.set(starts.subarray(0, length));
    this.ends.set(ends.subarray(0, length));
  }
}

/** A call with more arguments may not fit the stack. */
const MOST_ARGUMENTS = 4096;
