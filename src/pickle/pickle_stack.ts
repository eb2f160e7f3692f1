import type { PickleCursor } from './pickle_cursor';

/** Values that a pickle may make: far more than any state dict has, far fewer than fill the memory. */
const MAX_VALUES = 2_000_000;

/** Marks where the items of a list, tuple or dictionary begin on the stack. */
const MARK = Symbol('mark');

/**
 * What a pickle has made and not used yet, and what it remembers to use again.
 *
 * @throws {CheckpointError} from every method when the pickle takes what is not there.
 */
export class PickleStack {
  readonly #values: unknown[] = [];
  readonly #memo = new Map<number, unknown>();
  #made = 0;

  /** @param cursor tells the place in messages. */
  constructor(readonly cursor: PickleCursor) {}

  get length(): number {
    return this.#values.length;
  }

  get top(): unknown {
    const value = this.#values.at(-1);
    if (this.#values.length > 0 && value !== MARK) return value;
    throw this.cursor.damaged('a value before each opcode that takes one', `none at byte ${this.cursor.position}`);
  }

  push(value: unknown): void {
    this.#made++;
    if (this.#made > MAX_VALUES) throw this.cursor.damaged(`at most ${MAX_VALUES} values`, 'more');
    this.#values.push(value);
  }

  pop(): unknown {
    const value = this.top;
    this.#values.pop();
    return value;
  }

  /** The last `count` values, in the order in which they were pushed. */
  popMany(count: number): unknown[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  mark(): void {
    this.push(MARK);
  }

  /** The values after the last mark. */
  popToMark(): unknown[] {
    const mark = this.#values.lastIndexOf(MARK);
    if (mark < 0) throw this.cursor.damaged('a mark before each list of items', `none at byte ${this.cursor.position}`);
    const [, ...items] = this.#values.splice(mark);
    return items;
  }

  /** Removes the last value or mark. */
  drop(): void {
    this.#values.pop();
  }

  /** Keeps the last value under a number; the next free one by default. */
  remember(key = this.#memo.size): void {
    this.#memo.set(key, this.top);
  }

  /** Pushes what is kept under a number. */
  recall(key: number): void {
    if (!this.#memo.has(key)) throw this.cursor.damaged('values before references to them', `a reference to ${key}`);
    this.push(this.#memo.get(key));
  }
}
