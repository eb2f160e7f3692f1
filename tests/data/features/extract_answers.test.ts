import { type AnswerableFeature, extractAnswers } from '../../../src/data/features/extract_answers';
import { questions, type RecordedWindow } from './questions_fixture';

const features = questions.windows.map(({ id, offsets }): AnswerableFeature => {
  const { context } = questions.examples.find((example) => example.id === id)!;
  return { exampleId: id, context, offset_mapping: offsets };
});
const logitsOf = (name: 'start_logits' | 'end_logits') =>
  questions.windows.map((window: RecordedWindow) => window[name]);

test.each(questions.answers)(
  'answers as the reference: $n_best best, at most $max_answer_length tokens, version two $version_two, threshold $null_threshold',
  ({ n_best: nBest, max_answer_length, version_two: versionTwo, null_threshold: nullThreshold, results }) => {
    const options = { nBest, maxAnswerLength: max_answer_length, versionTwo, nullThreshold };
    const answers = extractAnswers(features, logitsOf('start_logits'), logitsOf('end_logits'), options);
    expect(answers.map(({ exampleId }) => exampleId)).toEqual(questions.examples.map(({ id }) => id));
    for (const { exampleId, text, nBest: candidates } of answers) {
      const expected = results[exampleId]!;
      expect(text).toBe(expected.text);
      expect(candidates.map((candidate) => candidate.text)).toEqual(expected.n_best);
      for (const [index, { probability }] of candidates.entries()) {
        expect(probability).toBeCloseTo(expected.probabilities[index]!, 6);
      }
    }
  },
);

test('candidates say where they stand in the context', () => {
  for (const { exampleId, nBest } of extractAnswers(features, logitsOf('start_logits'), logitsOf('end_logits'))) {
    const { context } = questions.examples.find(({ id }) => id === exampleId)!;
    for (const { text, start } of nBest) expect(context.slice(start, start + text.length)).toBe(text);
  }
});

// [CLS] who? [SEP] the whale sleeps [SEP]
const CONTEXT = 'the whale sleeps';
const WINDOW: AnswerableFeature = {
  exampleId: 'a',
  context: CONTEXT,
  offset_mapping: [null, null, null, [0, 3], [3, 9], [9, 16], null],
};

/** Logits that are 0 but for some. */
const logits = (some: Record<number, number>, length = 7) => Array.from({ length }, (_, at) => some[at] ?? 0);

test.each<[string, Record<number, number>, Record<number, number>, object, string]>([
  ['the likeliest start and end', { 4: 5 }, { 5: 5 }, {}, 'whale sleeps'],
  ['an end does not lie before its start', { 5: 9 }, { 4: 5, 5: 1 }, {}, 'sleeps'],
  ['what is not context does not count', { 1: 9, 4: 5 }, { 6: 9, 4: 5 }, {}, 'whale'],
  ['an answer has a longest length', { 3: 5, 4: 1 }, { 5: 5 }, { maxAnswerLength: 2 }, 'whale sleeps'],
  ['no answer is not an answer of version one', { 0: 9 }, { 0: 9 }, {}, 'the'],
  ['no answer wins in version two', { 0: 9 }, { 0: 9 }, { versionTwo: true }, ''],
  ['unless the threshold asks for more', { 0: 9 }, { 0: 9 }, { versionTwo: true, nullThreshold: 18 }, 'the'],
])('%s', (_name, starts, ends, options, text) => {
  expect(extractAnswers([WINDOW], [logits(starts)], [logits(ends)], options)[0]!.text).toBe(text);
});

test('of several windows the one that is least sure of no answer counts', () => {
  const second: AnswerableFeature = { ...WINDOW, offset_mapping: WINDOW.offset_mapping.slice(0, 5) };
  const starts = [logits({ 0: 9, 4: 1 }), logits({ 0: -2 }, 5)];
  const ends = [logits({ 0: 9, 4: 1 }), logits({ 0: -2 }, 5)];
  const [answer] = extractAnswers([WINDOW, second], starts, ends, { versionTwo: true });
  expect(answer).toMatchObject({ text: 'whale', nullScoreDifference: -6 });
});

test.each(['left', 'right'] as const)('rows may be padded on the %s', (paddingSide) => {
  const pad = (row: number[]) => (paddingSide === 'left' ? [9, 9, ...row] : [...row, 9, 9]);
  const rows = [pad(logits({ 4: 5 }))];
  expect(extractAnswers([WINDOW], rows, rows, { paddingSide })[0]!.text).toBe('whale');
});

test.each([
  ['nothing of the context', [null, null]],
  ['spaces alone', [null, [3, 4] as [number, number]]],
])('a window with %s has no answer', (_name, offset_mapping) => {
  const rows = [logits({}, 2)];
  expect(extractAnswers([{ ...WINDOW, offset_mapping }], rows, rows)).toEqual([
    { exampleId: 'a', text: '', nBest: [] },
  ]);
  const [answer] = extractAnswers([{ ...WINDOW, offset_mapping }], rows, rows, {
    versionTwo: true,
    nullThreshold: Number.POSITIVE_INFINITY,
  });
  expect(answer!.text).toBe('');
});

test.each([
  ['too few', [], /received none for 7 tokens/],
  ['too short', [[1, 2]], /received 2 for 7 tokens/],
])('%s rows of logits are refused', (_name, rows, message) => {
  expect(() => extractAnswers([WINDOW], rows, rows)).toThrowDebertaError('input', message);
});
