import { RandomStream } from '../ops/random_stream';
import { deriveSeed } from './derive_seed';
import { requirePart, type SplitOptions } from './split_examples';

/** The two parts of a stream; each reads the whole and gives its own. */
export interface SplitStream<Example> {
  readonly train: AsyncIterable<Example>;
  readonly validation: AsyncIterable<Example>;
}

/**
 * Holds out a part of a stream: for each example the seed and its number decide, so that nothing need be held.
 *
 * The part comes out about as large as asked for. Use `splitExamples` for data in memory, where it is exact.
 *
 * @param examples must give the same in every pass.
 * @throws {InputError} for a part that is not between 0 and 1.
 */
export function splitStream<Example>(
  examples: AsyncIterable<Example>,
  { validation = 0.1, seed = 0 }: Omit<SplitOptions<Example>, 'stratify'> = {},
): SplitStream<Example> {
  requirePart(validation);
  const isHeldOut = (number: number) => new RandomStream(deriveSeed(seed, number)).next() < validation;
  return {
    train: filtered(examples, (number) => !isHeldOut(number)),
    validation: filtered(examples, isHeldOut),
  };
}

function filtered<Example>(
  examples: AsyncIterable<Example>,
  belongs: (number: number) => boolean,
): AsyncIterable<Example> {
  return {
    async *[Symbol.asyncIterator]() {
      let number = 0;
      for await (const example of examples) if (belongs(number++)) yield example;
    },
  };
}
