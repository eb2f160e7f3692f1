/**
 * A stream of uniform random numbers from a 32-bit seed.
 *
 * The mulberry32 generator (Tommy Ettinger, public domain): one integer of state, which a training checkpoint can
 * save and restore.
 *
 * @example
 * const random = new RandomStream(7);
 * random.next(); // the same number in every process
 */
export class RandomStream {
  /** The generator's whole state, an unsigned 32-bit integer. */
  state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** The next number, at least 0 and below 1. */
  next(): number {
    return this.nextInteger() / 2 ** 32;
  }

  /** The next unsigned 32-bit integer. */
  nextInteger(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** Runs something with the stream at another state, and puts it back to where it was. */
  replayFrom<T>(state: number, run: () => T): T {
    const before = this.state;
    this.state = state;
    try {
      return run();
    } finally {
      this.state = before;
    }
  }
}

/** A seed nobody chose. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
