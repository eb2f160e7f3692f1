import { paddingCollator } from '../../../src/data/collators/padding_collator';
import { type TextFeature, TextFeatureBuilder } from '../../../src/data/features/text_feature_builder';
import type { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import { camelCaseKeys } from '../../tokenization/camel_case_keys';
import { plainTokenizer, type RecordedBatch, readCollatorFixture, recorded } from './collator_fixtures';

interface PaddingFixture {
  readonly texts: readonly string[];
  readonly pairs: readonly string[];
  readonly cases: readonly { padding_side: 'left' | 'right'; options: object; batch: RecordedBatch }[];
}

const { texts, pairs, cases } = readCollatorFixture<PaddingFixture>('padding');

const named = cases.map((each) => ({ ...each, title: `${each.padding_side} ${JSON.stringify(each.options)}` }));
test.each(named)('pads as DataCollatorWithPadding: $title', async ({ padding_side: paddingSide, options, batch }) => {
  const tokenizer = await plainTokenizer({ paddingSide });
  const builder = new TextFeatureBuilder({ tokenizer, maxLength: 24 });
  const features = texts.flatMap((text, label) => builder.build({ text, textPair: pairs[label]!, label }));
  const collated = paddingCollator({ tokenizer, ...camelCaseKeys(options) })(features, 0);
  expect(recorded(collated)).toEqual(batch);
  expect(collated.size).toBe(texts.length);
  expect(collated.tokens).toBe((batch.attention_mask as number[][]).flat().reduce((a, b) => a + b));
});

describe('labels', () => {
  let tokenizer: DebertaV2TokenizerFast;

  beforeAll(async () => {
    tokenizer = await plainTokenizer();
  });

  const collate = (labels: readonly TextFeature['labels'][]) =>
    paddingCollator({ tokenizer })(
      labels.map((each) => ({
        input_ids: [1, 9, 2],
        ...(each !== undefined && { labels: each }),
      })),
      0,
    ).ys;

  test.each<[string, TextFeature['labels'][], object]>([
    ['of classes are integers', [2, 0], { labels: { values: Int32Array.of(2, 0), shape: [2] } }],
    [
      'to be learnt are floats, whole ones too',
      [[2], [0]],
      { labels: { values: Float32Array.of(2, 0), shape: [2, 1] } },
    ],
    [
      'of several classes are floats',
      [
        [1, 0, 1],
        [0, 0, 1],
      ],
      { labels: { values: Float32Array.of(1, 0, 1, 0, 0, 1), shape: [2, 3] } },
    ],
    ['may be missing, in a batch to predict', [undefined, undefined], {}],
  ])('%s', (_name, labels, expected) => {
    expect(collate(labels)).toEqual(expected);
  });

  test.each<[string, TextFeature['labels'][], RegExp]>([
    ['missing from some', [1, undefined], /have labels or none, received 1 of 2/],
    ['of different lengths', [[1, 0], [1]], /all be lists of one length/],
    ['of both kinds', [1, [1]], /all be indices of classes/],
    ['that are neither', [0.5, 1], /all be indices of classes/],
  ])('%s are refused', (_name, labels, message) => {
    expect(() => collate(labels)).toThrowDebertaError('input', message);
  });
});

test('a feature longer than maxLength is refused, and so is no maxLength', async () => {
  const tokenizer = await plainTokenizer();
  const feature = { input_ids: [1, 9, 9, 2] };
  const padTo = (options: object) => () =>
    paddingCollator({ tokenizer, padding: 'max_length', ...options })([feature], 0);
  expect(padTo({ maxLength: 3 })).toThrowDebertaError('input', /received 3 and a feature of 4 tokens/);
  expect(padTo({})).toThrowDebertaError('input', /received undefined/);
});

test('token types may be left out, where they are all 0', async () => {
  const collate = paddingCollator({ tokenizer: await plainTokenizer() });
  expect(recorded(collate([{ input_ids: [1, 2] }, { input_ids: [1, 9, 2] }], 0)).token_type_ids).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test('a batch of nothing is refused', async () => {
  const collate = paddingCollator({ tokenizer: await plainTokenizer() });
  expect(() => collate([], 0)).toThrowDebertaError('tokenizer', /at least one text/);
});
