import type { Feature } from '../../../src/data/collator';
import { MaskedLMFeatureBuilder } from '../../../src/data/features/masked_lm_feature_builder';
import { tokenBlocks } from '../../../src/data/features/token_blocks';
import type { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import { plainTokenizer, readCollatorFixture } from '../collators/collator_fixtures';

interface BlocksFixture {
  readonly texts: readonly string[];
  readonly block_size: number;
  readonly blocks: readonly number[][];
}

const { texts, block_size: blockSize, blocks } = readCollatorFixture<BlocksFixture>('blocks');
const lines = texts.map((text) => ({ text }));

let tokenizer: DebertaV2TokenizerFast;

beforeAll(async () => {
  tokenizer = await plainTokenizer();
});

async function idsOf(features: AsyncIterable<Feature>): Promise<(readonly number[])[]> {
  const ids: (readonly number[])[] = [];
  for await (const { input_ids } of features) ids.push(input_ids);
  return ids;
}

test('a line is a feature, and a blank line none', async () => {
  const builder = new MaskedLMFeatureBuilder({ tokenizer, maxLength: 6 });
  const ids = await idsOf(builder.stream([{ text: 'Call me Ishmael.' }, { text: '' }, { text: ' ' }, { text: 'a' }]));
  expect(ids).toEqual([
    tokenizer.encode('Call me Ishmael.', { truncation: true, maxLength: 6 }),
    tokenizer.encode('a'),
  ]);
  expect(builder.report).toMatchObject({ rows: 4, skipped: 0 });
});

test('texts are joined and cut as in the guide', async () => {
  const builder = new MaskedLMFeatureBuilder({ tokenizer, maxLength: null });
  expect(await idsOf(tokenBlocks(builder.stream(lines), { blockSize }))).toEqual(blocks);
});

test.each([1, 7, 16, 50, 1000])('nothing but the rest is lost in blocks of %i', async (size) => {
  const builder = new MaskedLMFeatureBuilder({ tokenizer, maxLength: null });
  const all = (await idsOf(builder.stream(lines))).flat();
  const cut = await idsOf(tokenBlocks(builder.stream(lines), { blockSize: size }));
  const whole = Math.floor(all.length / size);
  expect(cut.flat()).toEqual(whole === 0 ? all : all.slice(0, whole * size));
  expect(new Set(cut.map((block) => block.length))).toEqual(new Set([whole === 0 ? all.length : size]));
});

test('special tokens may stand around blocks instead of texts', async () => {
  const builder = new MaskedLMFeatureBuilder({ tokenizer, maxLength: null, addSpecialTokens: false });
  const plain = (await idsOf(builder.stream(lines))).flat();
  const [first, second] = await idsOf(tokenBlocks(builder.stream(lines), { blockSize: 10, around: tokenizer }));
  expect(first).toEqual([1, ...plain.slice(0, 8), 2]);
  expect(second).toEqual([1, ...plain.slice(8, 16), 2]);
});

test('a text as long as a book is cut as well', async () => {
  const book = { input_ids: Array.from({ length: 200_000 }, (_, id) => id) };
  const lengths = async (size: number) =>
    (await idsOf(tokenBlocks([book], { blockSize: size }))).map((ids) => ids.length);
  expect(await lengths(199_999)).toEqual([199_999]);
  expect(await lengths(400_000)).toEqual([200_000]);
});

test.each([
  [0, false],
  [2.5, false],
  [2, true],
])('blocks of %p are refused, special tokens around them: %p', async (size, isAround) => {
  const cut = () => idsOf(tokenBlocks([], { blockSize: size, ...(isAround && { around: tokenizer }) }));
  await expect(cut).toThrowDebertaError('input', /^Option blockSize must be/);
});
