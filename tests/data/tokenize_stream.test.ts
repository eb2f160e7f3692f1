import { prefetch } from '../../src/data/prefetch';
import { streamedBatches } from '../../src/data/streamed_batches';
import { tokenizeStream } from '../../src/data/tokenize_stream';
import { DebertaV2Tokenizer } from '../../src/tokenization/deberta_v2_tokenizer';
import { fixtureFolder } from '../tokenization/tables';
import { collate, collect, counted, range } from './support';

let tokenizer: DebertaV2Tokenizer;
beforeAll(async () => {
  tokenizer = await DebertaV2Tokenizer.fromPretrained(fixtureFolder('plain'));
});

interface Example {
  readonly text: string;
  readonly number: number;
}

const EXAMPLES: Example[] = range(23).map((number) => ({ number, text: `the whale ${'sea '.repeat(number % 5)}` }));

const options = () => ({
  tokenizer,
  batchSize: 4,
  truncation: true,
  maxLength: 6,
  textOf: ({ text }: Example) => text,
  toFeature: ({ input_ids }: { input_ids: number[] }, { number }: Example) => ({ input_ids, number }),
});

describe('tokenizeStream', () => {
  test.each([0, 1])('makes the features of each example, in order, with %d workers', async (workers) => {
    const { read, source } = counted(EXAMPLES);
    const features = await collect(tokenizeStream(source, { ...options(), workers }));
    expect(features).toEqual(
      EXAMPLES.map(({ number, text }) => ({
        number,
        input_ids: tokenizer.encode(text, { truncation: true, maxLength: 6 }),
      })),
    );
    expect(read).toEqual({ count: 23, passes: 1, open: 0 });
  });

  test('takes pairs, with the types of their tokens', async () => {
    const pairs = [{ pair: ['the whale', 'the sea'] as const }];
    const [feature] = await collect(
      tokenizeStream(pairs, { tokenizer, textOf: ({ pair }) => pair, toFeature: (encoding) => encoding }),
    );
    const { input_ids, token_type_ids } = tokenizer.call('the whale', { textPair: 'the sea' });
    expect(feature).toEqual({ input_ids, token_type_ids });
  });

  test('reads no further than it must, and closes the source', async () => {
    const { read, source } = counted(EXAMPLES);
    for await (const { number } of tokenizeStream(source, options())) if (number === 2) break;
    expect(read).toEqual({ count: 4, passes: 1, open: 0 });
  });

  test('with threads and prefetch, the next batch is tokenized while a step runs', async () => {
    const events: string[] = [];
    async function* examples() {
      for (const example of EXAMPLES) {
        events.push(`read ${example.number}`);
        yield example;
      }
    }
    const toFeature = (encoding: { input_ids: number[] }, example: Example) => {
      events.push(`made ${example.number}`);
      return options().toFeature(encoding, example);
    };
    const stream = streamedBatches(
      { [Symbol.asyncIterator]: examples },
      (source) => tokenizeStream(source, { ...options(), toFeature, workers: 1 }),
      collate,
      { batchSize: 4, shuffle: false },
    );
    const sizes: number[] = [];
    for await (const batch of prefetch(stream, { batches: 1 }).batches(0)) {
      const step = sizes.push(batch.size) - 1;
      // A slow step: it ends when the next batch is there, so that the test ends only if that is made meanwhile.
      const next = `made ${Math.min(22, 4 * step + 7)}`;
      while (!events.includes(next)) await new Promise((resolve) => setTimeout(resolve, 1));
      events.push(`end ${step}`);
    }
    expect(sizes).toEqual([4, 4, 4, 4, 4, 3]);
    const isBefore = (first: string, second: string) => events.indexOf(first) < events.indexOf(second);
    expect(range(5).map((step) => isBefore(`made ${4 * step + 4}`, `end ${step}`))).toEqual(range(5).map(() => true));
    // No further than the batch in the step, the one ahead and the one in the thread.
    expect(isBefore('end 0', 'read 12')).toBe(true);
  });
});
