/**
 * Values by keys, made when they are first asked for, of which the oldest goes when there are too many.
 *
 * @example
 * const sessions = new BoundedCache<string, Session>(16, (session) => session.dispose());
 * const session = sessions.get('8x128', () => load('8x128'));
 */
export class BoundedCache<Key, Value> {
  readonly #values = new Map<Key, Value>();
  readonly #most: number;
  readonly #release: (value: Value) => void;

  /**
   * @param most values kept at a time.
   * @param release what is done with a value that goes.
   */
  constructor(most: number, release: (value: Value) => void) {
    this.#most = most;
    this.#release = release;
  }

  /** The value of a key; where it must be made and cannot, the others are as they were, or one fewer. */
  get(key: Key, make: () => Value): Value {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    if (this.#values.size >= this.#most) this.#forget(this.#values.keys().next().value as Key);
    const made = make();
    this.#values.set(key, made);
    return made;
  }

  /** Lets all values go. */
  clear(): void {
    for (const key of [...this.#values.keys()]) this.#forget(key);
  }

  #forget(key: Key): void {
    this.#release(this.#values.get(key)!);
    this.#values.delete(key);
  }
}
