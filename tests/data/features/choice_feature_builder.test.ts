import type { ChoiceExample } from '../../../src/data/examples/choice_example';
import { ChoiceFeatureBuilder } from '../../../src/data/features/choice_feature_builder';
import type { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import { plainTokenizer } from '../collators/collator_fixtures';

let tokenizer: DebertaV2TokenizerFast;

beforeAll(async () => {
  tokenizer = await plainTokenizer();
});

const choices = ['wet.', 'a dry place.'];

test.each<[string, Partial<ChoiceExample>, string, string]>([
  ['a context and a question', { context: 'It rains.', question: 'The street is' }, 'It rains.', 'The street is wet.'],
  ['a context alone', { context: 'It rains.' }, 'It rains.', 'wet.'],
  ['a question alone', { question: 'The street is' }, 'The street is', 'wet.'],
])('%s', (_name, given, text, textPair) => {
  const builder = new ChoiceFeatureBuilder({ tokenizer });
  const [feature] = builder.build({ context: '', question: '', choices, label: 1, ...given });
  const { input_ids, token_type_ids } = tokenizer.call(text, { textPair });
  expect(feature!.choices[0]).toEqual({ input_ids, token_type_ids });
  expect(feature!.input_ids).toBe(feature!.choices[1]!.input_ids);
  expect(feature!.labels).toBe(1);
});

test.each<[string, Partial<ChoiceExample>, RegExp]>([
  ['one choice', { choices: ['wet.'] }, /at least two choices .* received 1 choices/],
  ['nothing to choose for', { context: ' ' }, /a context or a question/],
  ['a label beyond the choices', { label: 2 }, /from 0 to 1, received 2/],
])('%s is refused', (_name, given, message) => {
  const builder = new ChoiceFeatureBuilder({ tokenizer });
  const build = () => builder.build({ context: 'It rains.', question: '', choices, label: 0, ...given });
  expect(build).toThrowDebertaError('input', message);
});
