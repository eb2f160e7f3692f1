import { RandomStream } from '../ops/random_stream';

/**
 * The items in an order drawn from a seed, each order as likely as another (Fisher and Yates).
 *
 * @param random a seed, or the stream to draw from.
 * @returns a new list.
 *
 * @example
 * shuffled([1, 2, 3, 4], 7); // the same order in every process
 */
export function shuffled<Item>(items: Iterable<Item>, random: number | RandomStream): Item[] {
  const stream = typeof random === 'number' ? new RandomStream(random) : random;
  const list = [...items];
  for (let last = list.length - 1; last > 0; last--) {
    const chosen = Math.floor(stream.next() * (last + 1));
    [list[last], list[chosen]] = [list[chosen]!, list[last]!];
  }
  return list;
}
