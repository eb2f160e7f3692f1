import type { TokensExample } from '../../../src/data/examples/tokens_example';
import { TokenFeatureBuilder, type TokenFeatureOptions } from '../../../src/data/features/token_feature_builder';
import type { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import { plainTokenizer } from '../collators/collator_fixtures';

const labelNames = ['O', 'B-PER', 'I-PER', 'B-LOC'];
const EXAMPLE: TokensExample = { tokens: ['Captain', 'Island', 'sailed'], tags: ['O', 'B-PER', 'O'] };

let tokenizer: DebertaV2TokenizerFast;

beforeAll(async () => {
  tokenizer = await plainTokenizer();
});

const builderOf = (options: Partial<TokenFeatureOptions> = {}) =>
  new TokenFeatureBuilder({ tokenizer, labelNames, ...options });

test('tokens and labels stand side by side', () => {
  expect(tokenizer.convertIdsToTokens(builderOf().build(EXAMPLE)[0]!.input_ids)).toEqual([
    '[CLS]',
    '▁Captain',
    '▁I',
    's',
    'land',
    '▁sail',
    'ed',
    '[SEP]',
  ]);
});

test.each<[string, Partial<TokenFeatureOptions>, number[]]>([
  ['the first token of a word has its tag', {}, [-100, 0, 1, -100, -100, 0, -100, -100]],
  ['every token has it, and the inside of a name is inside', { labelAllTokens: true }, [-100, 0, 1, 2, 2, 0, 0, -100]],
])('%s', (_name, options, labels) => {
  expect(builderOf(options).build(EXAMPLE)[0]!.labels).toEqual(labels);
});

test('a tag that has no inside goes on as it is', () => {
  const [feature] = builderOf({ labelAllTokens: true }).build({ tokens: ['Island'], tags: ['B-LOC'] });
  expect(feature!.labels).toEqual([-100, 3, 3, 3, -100]);
});

test.each([
  ['words without token', { tokens: ['Ahab', '\u200b', 'sailed', '\u200b'], tags: [1, 0, 0, 0] }, 64, [2, 0]],
  ['words beyond the longest length', { tokens: ['Ahab', 'sailed', 'the', 'sea'], tags: [1, 0, 0, 0] }, 5, [0, 2]],
  ['both', { tokens: ['\u200b', 'Ahab', '\u200b', 'sailed', 'far'], tags: [0, 1, 0, 0, 0] }, 5, [2, 1]],
  ['a text of nothing', { tokens: ['\u200b'], tags: [0] }, 64, [1, 0]],
])('counts %s', (_name, example, maxLength, [withoutToken, cutOff]) => {
  const builder = builderOf({ maxLength });
  builder.build(example);
  expect(builder.report).toEqual({
    rows: 1,
    skipped: 0,
    reasons: [],
    wordsWithoutToken: withoutToken,
    wordsCutOff: cutOff,
  });
});

test('each stream is reported anew', async () => {
  const builder = builderOf();
  const example = { tokens: ['Ahab', '\u200b'], tags: [1, 0] };
  for (const rows of [2, 1]) {
    for await (const _feature of builder.stream(new Array(rows).fill(example)));
    expect(builder.report).toMatchObject({ rows, wordsWithoutToken: rows });
  }
});

test('of a text that loses its beginning, words before it are cut off', async () => {
  const builder = new TokenFeatureBuilder({
    tokenizer: await plainTokenizer({ truncationSide: 'left' }),
    maxLength: 4,
  });
  builder.build({ tokens: ['Ahab', 'sailed', 'the', 'sea'], tags: [1, 0, 0, 0] });
  expect(builder.report).toMatchObject({ wordsWithoutToken: 0, wordsCutOff: 2 });
});

test.each<[string, TokensExample, RegExp]>([
  [
    'unequal lengths',
    { tokens: ['a', 'b'], tags: [0] },
    /^Example 1 must have one tag .* received 2 tokens and 1 tags/,
  ],
  ['no token', { tokens: [], tags: [] }, /received 0 tokens/],
  ['a tag out of range', { tokens: ['a'], tags: [4] }, /from 0 to 3, received 4/],
  ['a tag without a name', { tokens: ['a'], tags: ['B-ORG'] }, /holds "B-ORG"/],
])('%s are refused', (_name, example, message) => {
  expect(() => builderOf().build(example)).toThrowDebertaError('input', message);
});
