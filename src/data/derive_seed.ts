import { RandomStream } from '../ops/random_stream';

/**
 * A seed that follows from another and from numbers such as an epoch and a batch's place in it.
 *
 * Every number counts, and so does their order: `(7, 1, 2)`, `(7, 2, 1)` and `(7, 1)` give seeds that have nothing to
 * do with each other.
 *
 * @param seed taken modulo 2³², as are the numbers.
 * @returns an unsigned 32-bit integer.
 *
 * @example
 * const random = new RandomStream(deriveSeed(seed, epoch, batchNumber));
 */
export function deriveSeed(seed: number, ...numbers: readonly number[]): number {
  return numbers.reduce((derived, number) => {
    // A product with an odd number keeps neighbouring numbers apart and loses none of them.
    return new RandomStream(derived ^ Math.imul(number + 1, 0x9e3779b1)).nextInteger();
  }, new RandomStream(seed).nextInteger());
}
