import * as tf from '@tensorflow/tfjs';
import { DebertaV2Tokenizer } from '../../src/tokenization/deberta_v2_tokenizer';
import { eachBackend } from '../harness';
import { recordedLogs } from '../harness/recorded_logs';
import { silenceLogger } from './silence_logger';
import { fixtureFolder } from './tables';

let tokenizer: DebertaV2Tokenizer;
const fresh = (options = {}) => DebertaV2Tokenizer.fromPretrained(fixtureFolder('plain'), options);

beforeAll(async () => {
  tokenizer = await fresh();
});

describe('input that is not text is refused', () => {
  silenceLogger();

  const cases: [name: string, text: unknown, options: object, message: RegExp][] = [
    ['a number', 5, {}, /^text must be a list with at least one text, received number/],
    ['null', null, {}, /received null/],
    ['an empty batch', [], {}, /^text must be a list with at least one text, received another list/],
    ['a number in a batch', ['a', 5], {}, /^text must be a string or a list of strings, received number/],
    [
      'words without isSplitIntoWords',
      [['a', 'b']],
      {},
      /^text must be a string or a list of strings, received another list/,
    ],
    ['no words', [], { isSplitIntoWords: true }, /^text must be/],
    ['a text without words', [['a'], []], { isSplitIntoWords: true }, /^text must be a list of words/],
    ['a single pair for a batch', ['a', 'b'], { textPair: 'c' }, /^textPair must be a list/],
    ['a batch of pairs for a text', 'a', { textPair: ['b'] }, /^textPair must be a string/],
    [
      'pairs of another number',
      ['a', 'b'],
      { textPair: ['c'] },
      /^textPair must have as many texts as text \(2\), received 1/,
    ],
    ['a negative stride', 'a', { stride: -1 }, /^Option stride must be an integer of at least 0, received -1\.$/],
    [
      'another kind of tensor',
      'a',
      { returnTensors: 'pt' },
      /^Option returnTensors must be 'tf' or left out, received "pt"\.$/,
    ],
    ['offsets', 'a', { returnOffsetsMapping: true }, /^The slow tokenizer keeps no offsets/],
    [
      'token types without special tokens',
      'a',
      { returnTokenTypeIds: true, addSpecialTokens: false },
      /^Token types are defined/,
    ],
  ];
  test.each(cases)('%s', (_name, text, options, message) => {
    expect(() => tokenizer.call(text as string, options)).toThrowDebertaError('tokenizer', message);
  });

  test('a list for encode', () => {
    expect(() => tokenizer.encode(['a', 'b'])).toThrowDebertaError(
      'tokenizer',
      /^encode takes one text, received a list/,
    );
  });

  test('a list for tokenize', () => {
    const text: unknown = ['a'];
    expect(() => tokenizer.tokenize(text as string)).toThrowDebertaError('tokenizer', /^tokenize takes a string/);
  });

  test.each([-1, 1.5, Number.NaN])('%d as an id', (id) => {
    expect(() => tokenizer.decode([5, id])).toThrowDebertaError('tokenizer', /^A token id must be an integer/);
  });

  test('a second sequence that already has special tokens', () => {
    expect(() => tokenizer.getSpecialTokensMask([1], [2], true)).toThrowDebertaError(
      'tokenizer',
      /must be one sequence/,
    );
  });
});

describe('special cases', () => {
  silenceLogger();

  test('an empty text is its special tokens', () => {
    expect(tokenizer.call('').input_ids).toEqual([1, 2]);
    expect(tokenizer.call('', { addSpecialTokens: false }).input_ids).toEqual([]);
  });

  test('an empty text alone stays unpadded, as in the reference, and is padded in a batch', () => {
    const options = { addSpecialTokens: false, padding: 'max_length', maxLength: 3 } as const;
    expect(tokenizer.call('', options).input_ids).toEqual([]);
    expect(tokenizer.call([''], options).input_ids).toEqual([[0, 0, 0]]);
  });

  test('a maximum of 0 is none, as in the reference', () => {
    expect(tokenizer.call('the whale', { truncation: true, maxLength: 0 }).input_ids).toHaveLength(4);
  });

  test('overflowing tokens without a maximum are none', () => {
    expect(tokenizer.call('the whale', { returnOverflowingTokens: true })).toMatchObject({
      overflowing_tokens: [],
      num_truncated_tokens: 0,
    });
  });

  test('the length is that of the padded text alone and of the unpadded text in a batch', () => {
    const options = { padding: 'max_length', maxLength: 7, returnLength: true } as const;
    expect(tokenizer.call('the whale', options).length).toBe(7);
    expect(tokenizer.call(['the whale'], options).length).toEqual([4]);
  });

  test('a lone surrogate is white space, as U+FFFD is', () => {
    expect(tokenizer.tokenize('the\ud83dwhale \udc00')).toEqual(['▁the', '▁whale']);
  });

  test('a very long text comes out whole', () => {
    const ids = tokenizer.encode('the whale '.repeat(100_000));
    expect(ids).toHaveLength(200_002);
    expect(tokenizer.decode(ids.slice(-3), { skipSpecialTokens: true })).toBe('the whale');
  });

  test('sides can be changed afterwards', async () => {
    const changed = await fresh();
    changed.paddingSide = 'left';
    changed.truncationSide = 'left';
    expect(changed.call('the whale', { padding: 'max_length', maxLength: 5 }).input_ids[0]).toBe(changed.padTokenId);
    expect(changed.call('the whale', { truncation: true, maxLength: 3 }).input_ids).toEqual([1, 59, 2]);
  });

  test('ids decode alone, in lists, in typed arrays and in batches', () => {
    const ids = tokenizer.encode('the whale');
    expect(tokenizer.decode(tokenizer.maskTokenId)).toBe('[MASK]');
    expect(tokenizer.decode(Int32Array.from(ids))).toBe('[CLS] the whale[SEP]');
    expect(tokenizer.batchDecode([ids, []], { skipSpecialTokens: true })).toEqual(['the whale', '']);
  });

  test('an id beyond the vocabulary is unknown', () => {
    expect(tokenizer.convertIdsToTokens([59, 100_000])).toEqual(['▁whale', '[UNK]']);
    expect(tokenizer.convertTokensToIds(['▁whale', 'no such token'])).toEqual([59, 3]);
  });
});

describe('warnings', () => {
  const cases: [name: string, text: string, options: object, logs: RegExp[]][] = [
    ['maxLength alone', 'the whale', { maxLength: 3 }, [/^maxLength was given without truncation/]],
    ['no maximum to pad to', 'the whale', { padding: 'max_length' }, [/nothing is padded/]],
    ['no maximum to truncate to', 'the whale', { truncation: true }, [/nothing is truncated/]],
    [
      'a pair cut by longest_first',
      'the whale',
      { textPair: 'the sea', truncation: true, maxLength: 6 },
      [/overflowing tokens/],
    ],
    [
      'an option of Python',
      'the whale',
      { max_length: 3 },
      [/^Options that call does not know are ignored: max_length\.$/],
    ],
    [
      'only_first that cannot be',
      'the',
      { textPair: 'sea', truncation: 'only_first', maxLength: 3 },
      [/first sequence has 1/],
    ],
    [
      'only_second that cannot be',
      'the',
      { textPair: 'sea', truncation: 'only_second', maxLength: 3 },
      [/second sequence has 1/],
    ],
    ['nothing', 'the whale', { truncation: true, maxLength: 3, padding: 'max_length' }, []],
  ];
  test.each(cases)('%s', async (_name, text, options, logs) => {
    const one = await fresh();
    expect(await recordedLogs(() => one.call(text, options))).toEqual(logs.map((log) => expect.stringMatching(log)));
  });

  test('a text longer than the model takes, once', async () => {
    const one = await fresh({ modelMaxLength: 4 });
    const logs = await recordedLogs(() => one.call(['the whale', 'the white whale', 'the white whale ship']));
    expect(logs).toEqual([expect.stringMatching(/^A text of 5 tokens is longer than the 4 allowed/)]);
  });

  test('each is given once by a tokenizer', async () => {
    const one = await fresh();
    expect(await recordedLogs(() => [1, 2].map(() => one.call('the whale', { maxLength: 3 })))).toHaveLength(1);
  });
});

eachBackend('returnTensors', () => {
  test('gives int32 tensors of the whole batch', () => {
    const batch = tokenizer.call(['the whale', 'the white whale'], {
      padding: true,
      returnLength: true,
      returnTensors: 'tf',
    });
    expect(batch.input_ids.dtype).toBe('int32');
    expect(batch.input_ids.arraySync()).toEqual([
      [1, 6, 59, 2, 0],
      [1, 6, 327, 59, 2],
    ]);
    expect(batch.attention_mask?.arraySync()).toEqual([
      [1, 1, 1, 1, 0],
      [1, 1, 1, 1, 1],
    ]);
    expect(batch.token_type_ids?.shape).toEqual([2, 5]);
    expect(batch.length?.arraySync()).toEqual([4, 5]);
    tf.dispose(batch);
  });

  test('gives one row for one text', () => {
    const encoding = tokenizer.call('the whale', { returnTensors: 'tf' });
    expect(encoding.input_ids.arraySync()).toEqual([[1, 6, 59, 2]]);
    tf.dispose(encoding);
  });

  test('refuses ragged rows and leaves nothing behind', () => {
    const before = tf.memory().numTensors;
    expect(() => tokenizer.call(['the', 'the whale'], { returnTensors: 'tf' })).toThrowDebertaError(
      'tokenizer',
      /rows of one length, received input_ids of lengths 3, 4; ask for padding: true, truncation: true or both\.$/,
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  test('makes no tensors but those it returns', () => {
    expect(() => tokenizer.call(['a', 'the whale'], { padding: true, returnTensors: 'tf' })).toCreateTensors(3);
    expect(() => tokenizer.pad([tokenizer.call('a')], { returnTensors: 'tf' })).toCreateTensors(3);
    expect(() => void tokenizer.call('a')).toCreateTensors(0);
  });
});

describe('pad', () => {
  silenceLogger();

  test('pads encodings made one by one, a batch, and one alone', () => {
    const rows = [tokenizer.call('the whale'), tokenizer.call('the white whale')];
    const batch = tokenizer.call(['the whale', 'the white whale']);
    const expected = tokenizer.call(['the whale', 'the white whale'], { padding: true });
    expect(tokenizer.pad(rows)).toEqual(expected);
    expect(tokenizer.pad(batch)).toEqual(expected);
    expect(tokenizer.pad(rows[0]!, { padToMultipleOf: 8 }).attention_mask).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    expect(tokenizer.pad({ input_ids: [] }, { padding: 'max_length', maxLength: 2 }).input_ids).toEqual([]);
  });

  test('puts labels together, whole numbers and fractions', () => {
    const rows = [0.5, 2].map((score, index) => ({ ...tokenizer.call('the'), label: index, score }));
    const batch = tokenizer.pad(rows, { returnTensors: 'tf' }) as unknown as Record<string, tf.Tensor>;
    expect([batch.label?.dtype, batch.label?.arraySync()]).toEqual(['int32', [0, 1]]);
    expect([batch.score?.dtype, batch.score?.arraySync()]).toEqual(['float32', [0.5, 2]]);
    tf.dispose(batch);
  });

  const refused: [name: string, encodings: unknown, message: RegExp][] = [
    ['no encodings', [], /^A batch must hold at least one text/],
    ['encodings of different keys', [{ input_ids: [1], length: 1 }, { input_ids: [1] }], /number 1 lacks length/],
    [
      'columns of different lengths',
      { input_ids: [[1], [2]], length: [1] },
      /as many rows as input_ids \(2\), received 1 for length/,
    ],
  ];
  test.each(refused)('refuses %s', (_name, encodings, message) => {
    expect(() => tokenizer.pad(encodings as [])).toThrowDebertaError('tokenizer', message);
  });
});
