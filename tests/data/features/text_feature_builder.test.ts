import {
  type ClassifiedText,
  TextFeatureBuilder,
  type TextFeatureOptions,
} from '../../../src/data/features/text_feature_builder';
import type { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import { plainTokenizer } from '../collators/collator_fixtures';

type Options = Omit<TextFeatureOptions, 'tokenizer'>;

const REGRESSION: Options = { problemType: 'regression' };
const MULTI_LABEL: Options = { problemType: 'multi_label_classification', labelNames: ['a', 'b', 'c'] };
const CLASSES: Options = { labelNames: ['ham', 'spam'] };

let tokenizer: DebertaV2TokenizerFast;

beforeAll(async () => {
  tokenizer = await plainTokenizer();
});

const build = (example: ClassifiedText, options: Options = {}) =>
  new TextFeatureBuilder({ tokenizer, ...options }).build(example);

test('a text is what the tokenizer makes of it', () => {
  const { input_ids, token_type_ids } = tokenizer.call('Call me Ishmael.');
  expect(build({ text: 'Call me Ishmael.' })).toEqual([{ input_ids, token_type_ids }]);
});

test('a pair that is too long loses of the longer text', () => {
  const [feature] = build({ text: 'Call me', textPair: 'the whale '.repeat(200) }, { maxLength: 20 });
  expect(feature!.input_ids).toHaveLength(20);
  expect(tokenizer.decode(feature!.input_ids)).toMatch(/^\[CLS\] ?Call me/);
  expect(feature!.token_type_ids!.at(-1)).toBe(1);
});

test('without maxLength, 512 tokens are the most', () => {
  expect(build({ text: 'the whale '.repeat(1000) })[0]!.input_ids).toHaveLength(512);
  const short = new TextFeatureBuilder({ tokenizer: Object.assign(tokenizer, { modelMaxLength: 30 }) });
  expect(short.build({ text: 'the whale '.repeat(1000) })[0]!.input_ids).toHaveLength(30);
  tokenizer.modelMaxLength = 1e30;
});

test.each<[string, ClassifiedText['label'], Options, unknown]>([
  ['an index', 1, CLASSES, 1],
  ['an index, of whatever number of classes', 7, {}, 7],
  ['a name', 'spam', CLASSES, 1],
  ['a number to learn', 2, REGRESSION, [2]],
  ['several numbers to learn', [0.5, -1], REGRESSION, [0.5, -1]],
  ['a 0 or 1 for each class', [1, 0, 1], MULTI_LABEL, [1, 0, 1]],
])('the label may be %s', (_name, label, options, expected) => {
  expect(build({ text: 'a', label: label! }, options)[0]!.labels).toEqual(expected);
});

test.each<[string, ClassifiedText, Options, RegExp]>([
  [
    'an index out of range',
    { text: 'a', label: 2 },
    CLASSES,
    /label of example 1 must be an integer from 0 to 1, received 2/,
  ],
  ['a negative index', { text: 'a', label: -1 }, {}, /of at least 0, received -1/],
  ['a fraction for a class', { text: 'a', label: 0.5 }, {}, /received 0.5/],
  ['a name that is none', { text: 'a', label: 'egg' }, CLASSES, /ham, spam.* holds "egg"/],
  ['a name without names', { text: 'a', label: 'spam' }, {}, /received "spam"; give labelNames/],
  ['a list for a class', { text: 'a', label: [1] }, {}, /received \[1\]/],
  ['a name to learn', { text: 'a', label: 'spam' }, REGRESSION, /finite numbers/],
  ['too few classes', { text: 'a', label: [1, 0] }, MULTI_LABEL, /a 0 or 1 for each of 3 labels, received \[1,0\]/],
  ['half a class', { text: 'a', label: [1, 0, 0.5] }, MULTI_LABEL, /a 0 or 1/],
  ['a blank text', { text: ' \n', label: 1 }, {}, /^Example 1 must have a text/],
])('%s is refused', (_name, example, options, message) => {
  expect(() => build(example, options)).toThrowDebertaError('input', message);
});

test.each([0, 3, 1.5, Number.NaN])('maxLength %p is refused', (maxLength) => {
  expect(() => build({ text: 'a' }, { maxLength })).toThrowDebertaError(
    'input',
    /^Option maxLength must be an integer/,
  );
});

test('bad examples are left out and counted on request', async () => {
  const builder = new TextFeatureBuilder({ tokenizer, ...CLASSES, onBadRow: 'skip' });
  const labels: unknown[] = [];
  for await (const feature of builder.stream([
    { text: 'a', label: 1 },
    { text: '', label: 1 },
    { text: 'b', label: 9 },
    { text: 'c', label: 'ham' },
  ])) {
    labels.push(feature.labels);
  }
  expect(labels).toEqual([1, 0]);
  expect(builder.report).toMatchObject({ rows: 4, skipped: 2 });
  expect(builder.report.reasons).toEqual([
    expect.stringMatching(/^Example 2 must have a text/),
    expect.stringMatching(/^The label of example 3/),
  ]);
});

test('a bad example ends a stream, and is named by its number', async () => {
  const builder = new TextFeatureBuilder({ tokenizer });
  const read = async () => {
    for await (const _feature of builder.stream([{ text: 'a' }, { text: '' }]));
  };
  await expect(read).toThrowDebertaError('input', /^Example 2 must/);
});
