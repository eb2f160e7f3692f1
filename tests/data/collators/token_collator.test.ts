import { labelledCount } from '../../../src/data/collators/labelled_count';
import { tokenCollator } from '../../../src/data/collators/token_collator';
import { TokenFeatureBuilder } from '../../../src/data/features/token_feature_builder';
import { plainTokenizer, type RecordedBatch, readCollatorFixture, recorded } from './collator_fixtures';

interface TokensFixture {
  readonly tags: readonly string[];
  readonly examples: readonly [tokens: string[], tags: number[]][];
  readonly cases: readonly {
    padding_side: 'left' | 'right';
    label_all_tokens: boolean;
    max_length: number;
    batch: RecordedBatch;
  }[];
}

const { tags: labelNames, examples, cases } = readCollatorFixture<TokensFixture>('tokens');

test.each(cases)(
  'tags and pads as the guide: all tokens $label_all_tokens, padding $padding_side, length $max_length',
  async ({ padding_side: paddingSide, label_all_tokens: labelAllTokens, max_length: maxLength, batch }) => {
    // One word has no token with the algorithm 'slow'.
    const tokenizer = await plainTokenizer({ paddingSide, algorithm: 'fast' });
    const builder = new TokenFeatureBuilder({ tokenizer, labelNames, labelAllTokens, maxLength });
    const features = examples.flatMap(([tokens, tags]) => builder.build({ tokens, tags }));
    expect(recorded(tokenCollator({ tokenizer })(features, 0))).toEqual(batch);
  },
);

test('as many labels as tokens are required', async () => {
  const collate = tokenCollator({ tokenizer: await plainTokenizer() });
  const feature = { input_ids: [1, 9, 2], labels: [-100, 1] };
  expect(() => collate([feature], 0)).toThrowDebertaError('input', /each of its 3 tokens, received 2 labels/);
});

test.each([
  ['nothing that is labelled', [-100, -100, -100], 0],
  ['some labels', [-100, 0, 3], 2],
])('labelledCount tells a batch with %s', async (_name, labels, count) => {
  const collate = tokenCollator({ tokenizer: await plainTokenizer() });
  expect(labelledCount(collate([{ input_ids: [1, 9, 2], labels }], 0))).toBe(count);
});

test('without labels there are none', async () => {
  const collate = tokenCollator({ tokenizer: await plainTokenizer() });
  expect(collate([{ input_ids: [1, 9, 2] }], 0).ys).toEqual({});
});
