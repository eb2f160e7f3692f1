import { DebertaV2Tokenizer } from '../../../src/tokenization/deberta_v2_tokenizer';
import { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import type { TensorEncoding } from '../../../src/tokenization/encoding/encoding';
import type { PositionMaps } from '../../../src/tokenization/encoding/position_maps';
import { fixtureFolder } from '../tables';

let fast: DebertaV2TokenizerFast;
beforeAll(async () => {
  fast = await DebertaV2TokenizerFast.fromPretrained(fixtureFolder('plain'));
});

test('methods are no keys of a result', () => {
  const result = fast.call('the whale');
  expect(Object.keys(result)).toEqual(['input_ids', 'token_type_ids', 'attention_mask']);
  expect(JSON.parse(JSON.stringify(result))).toEqual({ ...result });
  expect([result.isFast, result.numRows]).toEqual([true, 1]);
});

test('methods take a row and an index, or an index of the first row; negative ones count from the end', () => {
  const batch = fast.call(['the white whale', 'a ship'], { padding: true });
  expect(batch.numRows).toBe(2);
  expect(batch.tokens(1)).toEqual(['[CLS]', '▁a', '▁ship', '[SEP]', '[PAD]']);
  expect(batch.tokens(-2)).toEqual(batch.tokens(0));
  expect(batch.wordIds(1)).toEqual([null, 0, 1, null, null]);
  expect(batch.tokenToWord(2)).toBe(1);
  expect(batch.tokenToWord(1, 2)).toBe(1);
  expect(batch.tokenToWord(-1, -3)).toBe(1);
  expect(batch.tokenToChars(1, 2)).toEqual({ start: 1, end: 6 });
  expect(batch.charToToken(4)).toBe(2);
  expect(batch.charToWord(1, 2)).toBe(1);
  expect(batch.wordToTokens(1, 1)).toEqual({ start: 2, end: 3 });
  expect(batch.wordToChars(2)).toEqual({ start: 9, end: 15 });
});

test('padding on the left moves tokens', () => {
  const batch = fast.call(['the white whale', 'a ship'], { padding: true, paddingSide: 'left' });
  expect(batch.tokens(1)).toEqual(['[PAD]', '[CLS]', '▁a', '▁ship', '[SEP]']);
  expect(batch.sequenceIds(1)).toEqual([null, null, 0, 0, null]);
  expect(batch.wordToTokens(1, 1)).toEqual({ start: 3, end: 4 });
});

test('what does not exist is null', () => {
  const result = fast.call('the whale');
  expect(result.tokenToWord(0)).toBeNull();
  expect(result.tokenToChars(99)).toBeNull();
  expect(result.tokenToSequence(99)).toBeNull();
  expect(result.charToToken(99)).toBeNull();
  expect(result.charToWord(99)).toBeNull();
  expect(result.wordToTokens(0, 0, 1)).toBeNull();
  expect(result.wordToChars(99)).toBeNull();
});

test('methods know the tokens of the call, not those added since', async () => {
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(fixtureFolder('plain'));
  const before = tokenizer.call('the krill');
  const tokens = tokenizer.tokenize('the krill');
  tokenizer.addTokens(['krill']);
  expect(before.tokens()).toEqual(['[CLS]', ...tokens, '[SEP]']);
  expect(tokenizer.call('the krill').tokens()).toEqual(['[CLS]', '▁the', 'krill', '[SEP]']);
});

test('a result of tensors has them too', () => {
  const batch = fast.call(['the whale'], { returnTensors: 'tf', returnOffsetsMapping: true });
  expect((batch as TensorEncoding & PositionMaps).wordIds()).toEqual([null, 0, 1, null]);
  expect([batch.offset_mapping?.shape, batch.offset_mapping?.dtype]).toEqual([[1, 4, 2], 'int32']);
  for (const tensor of Object.values(batch)) tensor.dispose();
});

test('overflowing rows as tensors, with the number of their text', () => {
  const options = { truncation: true, maxLength: 4, padding: true, returnOverflowingTokens: true } as const;
  const batch = fast.call(['the white whale', 'a'], { ...options, returnTensors: 'tf' });
  expect(batch.input_ids.shape).toEqual([3, 4]);
  expect([batch.overflow_to_sample_mapping?.shape, batch.overflow_to_sample_mapping?.arraySync()]).toEqual([
    [3],
    [0, 0, 1],
  ]);
  for (const tensor of Object.values(batch)) tensor.dispose();
});

test('pad puts encodings with offsets and overflowing rows together', () => {
  const all = { returnOffsetsMapping: true, returnSpecialTokensMask: true } as const;
  const rows = ['the white whale', 'a'].map((text) => fast.call(text, all));
  expect(fast.pad(rows)).toEqual(fast.call(['the white whale', 'a'], { ...all, padding: true }));
  const options = { truncation: true, maxLength: 4, returnOverflowingTokens: true } as const;
  const overflowing = fast.call('the white whale', { ...all, ...options });
  expect(fast.pad(overflowing)).toEqual(fast.call('the white whale', { ...all, ...options, padding: true }));
});

test('a row that does not exist is an error', () => {
  expect(() => fast.call('the').tokens(1)).toThrowDebertaError(
    'tokenizer',
    /^Row 1 does not exist, since the encoding has 1; count rows from 0\.$/,
  );
});

describe('the slow tokenizer keeps no positions', () => {
  const methods: (keyof Omit<PositionMaps, 'isFast' | 'numRows'>)[] = [
    'tokens',
    'wordIds',
    'sequenceIds',
    'tokenToSequence',
    'tokenToWord',
    'tokenToChars',
    'wordToTokens',
    'wordToChars',
    'charToToken',
    'charToWord',
  ];
  test.each(methods)('%s', async (method) => {
    const slow = await DebertaV2Tokenizer.fromPretrained(fixtureFolder('plain'));
    const result = slow.call(['the', 'whale']);
    expect([result.isFast, result.numRows]).toEqual([false, 2]);
    expect(() => result[method](0)).toThrowDebertaError(
      'tokenizer',
      new RegExp(
        `^${method} needs positions, which the slow tokenizer does not keep; encode with DebertaV2TokenizerFast`,
      ),
    );
  });
});
