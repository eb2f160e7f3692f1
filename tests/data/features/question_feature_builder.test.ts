import type { QuestionExample } from '../../../src/data/examples/question_example';
import { answerTokens } from '../../../src/data/features/answer_tokens';
import {
  QuestionFeatureBuilder,
  type QuestionFeatureOptions,
} from '../../../src/data/features/question_feature_builder';
import { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import { modelBytes } from '../../tokenization/tables';
import { plainTokenizer } from '../collators/collator_fixtures';
import { questions } from './questions_fixture';

const { max_length: maxLength, stride } = questions;
const EXAMPLE: QuestionExample = {
  id: 'q',
  question: 'Who sleeps?',
  context: 'The old whale sleeps.',
  answers: { text: ['whale'], answer_start: [8] },
};

let tokenizer: DebertaV2TokenizerFast;

beforeAll(async () => {
  tokenizer = await plainTokenizer();
});

const build = (example: Partial<QuestionExample>, options: Partial<QuestionFeatureOptions> = {}) =>
  new QuestionFeatureBuilder({ tokenizer, ...options }).build({ ...EXAMPLE, ...example });

test.each(questions.examples.map(({ id }, index) => ({ id, index })))(
  'makes the windows of the reference: $id',
  ({ id, index }) => {
    const features = build(questions.examples[index]!, { maxLength, stride });
    const windows = features.map((feature) => ({
      id: feature.exampleId,
      input_ids: feature.input_ids,
      offsets: feature.offset_mapping,
      start: feature.start_positions,
      end: feature.end_positions,
    }));
    const expected = questions.windows.filter((window) => window.id === id);
    expect(windows).toEqual(expected.map(({ start_logits: _start, end_logits: _end, ...window }) => window));
  },
);

test('the labelled tokens are the answer', () => {
  for (const example of questions.examples) {
    for (const { context, offset_mapping, start_positions, end_positions } of build(example, { maxLength, stride })) {
      if (start_positions === 0) continue;
      const text = context.slice(offset_mapping[start_positions!]![0], offset_mapping[end_positions!]![1]);
      expect(text.trim()).toContain(example.answers.text[0]);
      expect(text.length).toBeLessThan(example.answers.text[0]!.length + 4);
    }
  }
});

test('characters of several tokens belong to the answer as a whole', async () => {
  const bytes = await DebertaV2TokenizerFast.fromModel(modelBytes('byte_fallback'));
  const context = 'A \u{1f9a9} stands.';
  const [feature] = build({ context, answers: { text: ['\u{1f9a9}'], answer_start: [2] } }, { tokenizer: bytes });
  const { input_ids, start_positions, end_positions } = feature!;
  const answer = bytes.convertIdsToTokens(input_ids.slice(start_positions, end_positions! + 1));
  expect(answer.filter((token) => token.startsWith('<0x'))).toHaveLength(4);
});

test('a question without answer is answered by [CLS]', () => {
  const [feature] = build({ answers: { text: [], answer_start: [] } });
  expect(feature).toMatchObject({ start_positions: 0, end_positions: 0 });
});

test('windows to predict have no positions, and do not look at answers', () => {
  const [feature] = build({ answers: { text: ['shark'], answer_start: [99] } }, { labelAnswers: false });
  expect(Object.keys(feature!)).toEqual(['input_ids', 'token_type_ids', 'exampleId', 'context', 'offset_mapping']);
});

test.each<[string, Partial<QuestionExample>, RegExp]>([
  [
    'an answer that stands elsewhere',
    { answers: { text: ['whale'], answer_start: [7] } },
    /^Example 1 \(q\) must have its answer in its context, but "whale" does not stand at 7/,
  ],
  ['an answer beyond the context', { answers: { text: ['whale'], answer_start: [1e9] } }, /stand at 1000000000/],
  ['an answer without place', { answers: { text: ['whale'], answer_start: [] } }, /stand at undefined/],
  ['a place without answer', { answers: { text: [], answer_start: [3] } }, /undefined does not stand at 3/],
  ['an empty answer', { answers: { text: [''], answer_start: [3] } }, /"" does not stand/],
  ['a blank context', { context: ' ' }, /must have a context/],
  [
    'a question that leaves no room',
    { question: 'whale '.repeat(40), context: 'whale '.repeat(100), answers: { text: [], answer_start: [] } },
    /^Example 1 \(q\) has a question that leaves windows of 40 tokens too little room/,
  ],
  [
    'a question that leaves less room than windows repeat',
    { question: 'whale '.repeat(27), context: 'whale '.repeat(100), answers: { text: [], answer_start: [] } },
    /of which each repeats 12/,
  ],
])('%s is refused, or left out and counted', (_name, example, message) => {
  const options = { maxLength: 40, stride: 12 };
  expect(() => build(example, options)).toThrowDebertaError('input', message);
  const builder = new QuestionFeatureBuilder({ tokenizer, ...options, onBadRow: 'skip' });
  expect(builder.build({ ...EXAMPLE, ...example })).toEqual([]);
  expect(builder.report.skipped).toBe(1);
});

test('a long question with a short context needs no windows', () => {
  const answers = { text: [], answer_start: [] };
  expect(build({ question: 'whale '.repeat(30), context: 'A', answers }, { maxLength: 40, stride: 12 })).toHaveLength(
    1,
  );
});

test.each<[string, Partial<QuestionFeatureOptions>, RegExp]>([
  ['a stride as long as the windows', { maxLength: 40, stride: 36 }, /^Option stride must be less than the 36 tokens/],
  ['a negative stride', { stride: -1 }, /^Option stride/],
  ['half a token', { stride: 1.5 }, /^Option stride/],
  ['windows without room', { maxLength: 4, stride: 0 }, /^Option maxLength must be an integer of at least 5/],
])('%s is refused', (_name, options, message) => {
  expect(() => build({}, options)).toThrowDebertaError('input', message);
});

test('a window without tokens of the context holds no answer', () => {
  expect(answerTokens([null, null], 0, 1)).toEqual({ start: 0, end: 0 });
});
