import * as tf from '@tensorflow/tfjs';
import { DebertaV2Tokenizer } from '../../src/tokenization/deberta_v2_tokenizer';
import { DebertaV2TokenizerFast } from '../../src/tokenization/deberta_v2_tokenizer_fast';
import type { EncodeBatchOptions, StreamedText } from '../../src/tokenization/encoding/text_batches';
import type { PreTrainedTokenizer } from '../../src/tokenization/pretrained_tokenizer';
import { recordedLogs } from '../harness/recorded_logs';
import { fixtureFolder } from './tables';

const TEXTS = Array.from({ length: 25 }, (_, index) => `the white whale ${'the sea '.repeat(index % 7)}${index}`);

async function collect<Item>(stream: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

async function* counted(texts: readonly StreamedText[], read: { count: number; ended: boolean }) {
  try {
    for (const text of texts) {
      read.count++;
      yield text;
    }
  } finally {
    read.ended = true;
  }
}

const tokenizers: [name: string, load: () => Promise<PreTrainedTokenizer>][] = [
  ['the slow tokenizer', () => DebertaV2Tokenizer.fromPretrained(fixtureFolder('byte_fallback'))],
  [
    'the slow tokenizer on sentencepiece-js',
    () => DebertaV2Tokenizer.fromPretrained(fixtureFolder('plain'), { engine: 'sentencepiece-js' }),
  ],
  ['the fast tokenizer', () => DebertaV2TokenizerFast.fromPretrained(fixtureFolder('byte_fallback'))],
  [
    'the fast tokenizer with the algorithm fast',
    () => DebertaV2TokenizerFast.fromPretrained(fixtureFolder('plain'), { algorithm: 'fast' }),
  ],
];

describe.each(tokenizers)('encodeBatch of %s', (_name, load) => {
  let tokenizer: PreTrainedTokenizer;
  beforeAll(async () => {
    tokenizer = await load();
    tokenizer.addTokens(['krill']);
  });

  const cases: [name: string, texts: StreamedText[], options: EncodeBatchOptions][] = [
    ['texts', TEXTS, { batchSize: 4 }],
    ['padding and truncation', TEXTS, { batchSize: 10, padding: true, truncation: true, maxLength: 9 }],
    ['texts in one batch', TEXTS, {}],
    ['no text', [], {}],
    ['more keys', TEXTS.slice(0, 3), { batchSize: 2, returnLength: true, returnSpecialTokensMask: true }],
    ['an added token', ['the krill'], {}],
  ];
  // Threads take a while to start from source, so that one case must do for them.
  const inThreads = cases.slice(1, 2).map(([name, ...others]) => [`${name} in threads`, ...others, 2] as const);
  const allCases = [...cases.map((given) => [...given, 0] as const), ...inThreads];
  test.each(allCases)('%s', async (_case, texts, options, workers) => {
    const batches = await collect(tokenizer.encodeBatch(texts, { ...options, workers }));
    const { batchSize = 256, ...callOptions } = options;
    const expected = Array.from({ length: Math.ceil(texts.length / batchSize) }, (_, index) =>
      tokenizer.call(texts.slice(index * batchSize, (index + 1) * batchSize) as string[], callOptions),
    );
    expect(batches).toEqual(expected);
  });
});

describe.each([0, 2])('encodeBatch with %d workers', (workers) => {
  let tokenizer: DebertaV2TokenizerFast;
  beforeAll(async () => {
    tokenizer = await DebertaV2TokenizerFast.fromPretrained(fixtureFolder('plain'));
  });

  test('takes pairs and an asynchronous source', async () => {
    const read = { count: 0, ended: false };
    const pairs: [string, string][] = [
      ['the whale', 'the sea'],
      ['a ship', 'the old man'],
    ];
    const [batch] = await collect(tokenizer.encodeBatch(counted(pairs, read), { workers }));
    expect(batch).toEqual(tokenizer.call(['the whale', 'a ship'], { textPair: ['the sea', 'the old man'] }));
    expect(batch!.sequenceIds(1)).toEqual(tokenizer.call('a ship', { textPair: 'the old man' }).sequenceIds());
    expect(read).toEqual({ count: 2, ended: true });
  });

  test('takes words', async () => {
    const words = [['the', 'whale'], ['ship']];
    const [batch] = await collect(tokenizer.encodeBatch(words, { workers, isSplitIntoWords: true }));
    expect(batch).toEqual(tokenizer.call(words, { isSplitIntoWords: true }));
    expect(batch!.wordIds(0)).toEqual([null, 0, 1, null]);
  });

  test('keeps positions, offsets and overflowing rows', async () => {
    const options = { truncation: true, maxLength: 6, stride: 1, returnOverflowingTokens: true } as const;
    const all = { ...options, returnOffsetsMapping: true };
    const [batch] = await collect(tokenizer.encodeBatch(TEXTS, { ...all, workers }));
    const expected = tokenizer.call(TEXTS, all);
    expect(batch).toEqual(expected);
    expect(batch!.numRows).toBe(expected.numRows);
    expect(batch!.tokens(-1)).toEqual(expected.tokens(-1));
  });

  test('gives tensors', async () => {
    const options = { workers, batchSize: 20, padding: true, returnTensors: 'tf' } as const;
    const batches = await collect(tokenizer.encodeBatch(TEXTS, options));
    expect(batches.map(({ input_ids }) => [input_ids.shape[0], input_ids.dtype])).toEqual([
      [20, 'int32'],
      [5, 'int32'],
    ]);
    tf.dispose(batches);
  });

  test('reads no further ahead than it must, and ends the source when it is left', async () => {
    const read = { count: 0, ended: false };
    for await (const batch of tokenizer.encodeBatch(counted(TEXTS, read), { workers, batchSize: 2 })) {
      expect(batch.numRows).toBe(2);
      break;
    }
    expect(read).toEqual({ count: 2 * Math.max(1, 2 * workers), ended: true });
  });

  test('hands on the error of a batch, after the batches before it', async () => {
    const texts: StreamedText[] = ['the', 'whale', 5 as unknown as string, 'sea'];
    const got: number[][][] = [];
    const run = async () => {
      for await (const batch of tokenizer.encodeBatch(texts, { workers, batchSize: 1 })) got.push(batch.input_ids);
    };
    await expect(run).toThrowDebertaError('tokenizer', /^text must be a string or a list of strings, received number/);
    expect(got).toHaveLength(2);
  });

  test('hands on the error of the source', async () => {
    const run = () =>
      collect(
        tokenizer.encodeBatch(
          (function* () {
            yield 'the';
            throw new Error('no more whales');
          })(),
          { workers, batchSize: 1 },
        ),
      );
    await expect(run).rejects.toThrow('no more whales');
  });

  test('logs what call would log', async () => {
    const one = await DebertaV2TokenizerFast.fromPretrained(fixtureFolder('plain'));
    const logs = await recordedLogs(() => collect(one.encodeBatch(TEXTS, { workers, batchSize: 5, maxLength: 5 })));
    expect(logs).toEqual([expect.stringMatching(/^maxLength was given without truncation/)]);
  });

  test.each<[name: string, texts: StreamedText[], options: EncodeBatchOptions, message: RegExp]>([
    ['no batch', TEXTS, { batchSize: 0 }, /^Option batchSize must be an integer of at least 1, received 0\.$/],
    ['pairs among texts', [['a', 'b'], 'c'], {}, /received a pair and a string; encode them apart\.$/],
  ])('refuses %s', async (_name, texts, options, message) => {
    await expect(() => collect(tokenizer.encodeBatch(texts, { workers, ...options }))).toThrowDebertaError(
      'tokenizer',
      message,
    );
  });
});

test('a fraction of a worker is refused', async () => {
  const tokenizer = await DebertaV2Tokenizer.fromPretrained(fixtureFolder('plain'));
  await expect(() => collect(tokenizer.encodeBatch(TEXTS, { workers: 0.5 }))).toThrowDebertaError(
    'tokenizer',
    /^Option workers must be an integer of at least 0/,
  );
});

test('outside Node workers are refused', async () => {
  const tokenizer = await DebertaV2Tokenizer.fromPretrained(fixtureFolder('plain'));
  const getBuiltinModule = process.getBuiltinModule;
  const property = { configurable: true, writable: true };
  Object.defineProperty(process, 'getBuiltinModule', { value: undefined, ...property });
  try {
    await expect(() => collect(tokenizer.encodeBatch(TEXTS, { workers: 1 }))).toThrowDebertaError(
      'tokenizer',
      /^Option workers needs Node\.js, received 1 elsewhere/,
    );
  } finally {
    Object.defineProperty(process, 'getBuiltinModule', { value: getBuiltinModule, ...property });
  }
});
