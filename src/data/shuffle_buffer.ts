import { RandomStream } from '../ops/random_stream';
import { requireInteger } from './require_integer';
import { shuffled } from './shuffled';

/** Options of {@link shuffleBuffer}. */
export interface ShuffleBufferOptions {
  /** Rows held at a time: the more, the better they are mixed. */
  readonly size: number;
  /** Of this pass: `deriveSeed(seed, epoch)` gives each epoch its own. */
  readonly seed: number;
}

/**
 * Rows of a stream in another order, without holding them all: each comes from a random place of a buffer, into which
 * the next row of the stream is put.
 *
 * @throws {InputError} for a size below 1.
 *
 * @example
 * for await (const row of shuffleBuffer(rows, { size: 10_000, seed: deriveSeed(7, epoch) })) use(row);
 */
export async function* shuffleBuffer<Row>(
  rows: Iterable<Row> | AsyncIterable<Row>,
  { size, seed }: ShuffleBufferOptions,
): AsyncGenerator<Row> {
  requireInteger('size', size, 1);
  const random = new RandomStream(seed);
  const buffer: Row[] = [];
  for await (const row of rows) {
    if (buffer.length < size) {
      buffer.push(row);
      continue;
    }
    const chosen = Math.floor(random.next() * size);
    const next = buffer[chosen]!;
    buffer[chosen] = row;
    yield next;
  }
  yield* shuffled(buffer, random);
}
