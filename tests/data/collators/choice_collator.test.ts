import { choiceCollator } from '../../../src/data/collators/choice_collator';
import type { ChoiceExample } from '../../../src/data/examples/choice_example';
import { ChoiceFeatureBuilder } from '../../../src/data/features/choice_feature_builder';
import { plainTokenizer, type RecordedBatch, readCollatorFixture, recorded } from './collator_fixtures';

interface ChoicesFixture {
  readonly max_length: number;
  readonly examples: readonly ChoiceExample[];
  readonly batch: RecordedBatch;
}

const { max_length: maxLength, examples, batch } = readCollatorFixture<ChoicesFixture>('choices');

test('flattens, pads and gives each example its choices again, as the guide', async () => {
  const tokenizer = await plainTokenizer();
  const builder = new ChoiceFeatureBuilder({ tokenizer, maxLength });
  const features = examples.flatMap((example) => builder.build(example));
  const collated = choiceCollator({ tokenizer })(features, 0);
  expect(recorded(collated)).toEqual({ ...batch, labels: examples.map(({ label }) => label) });
  expect(collated.xs.input_ids!.shape).toEqual([2, 3, 20]);
  expect(collated.size).toBe(2);
});

test('examples with other numbers of choices are refused', async () => {
  const tokenizer = await plainTokenizer();
  const builder = new ChoiceFeatureBuilder({ tokenizer });
  const features = [3, 2].flatMap((count) =>
    builder.build({ context: 'It rains.', question: '', choices: ['wet', 'dry', 'cold'].slice(0, count) }),
  );
  expect(() => choiceCollator({ tokenizer })(features, 0)).toThrowDebertaError('input', /received 3 and 2/);
});
