/**
 * A value that is there while something runs, for code below that cannot be handed it.
 *
 * @example
 * const seed = new ScopedValue<number>();
 * seed.during(7, () => seed.current); // 7; undefined outside
 */
export class ScopedValue<Value> {
  #current: Value | undefined;

  /** The value of the innermost run; undefined outside of any. */
  get current(): Value | undefined {
    return this.#current;
  }

  /** Runs something, synchronously, with a value. */
  during<Result>(value: Value, run: () => Result): Result {
    const outer = this.#current;
    this.#current = value;
    try {
      return run();
    } finally {
      this.#current = outer;
    }
  }
}
