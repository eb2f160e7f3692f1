import { questionCollator } from '../../../src/data/collators/question_collator';
import { plainTokenizer } from './collator_fixtures';

const windows = [
  { input_ids: [1, 9, 2, 9, 9, 2], start_positions: 3, end_positions: 4 },
  { input_ids: [1, 9, 2, 2], start_positions: 0, end_positions: 0 },
].map((window) => ({
  ...window,
  token_type_ids: window.input_ids.map(() => 0),
  exampleId: 'a',
  context: 'text',
  offset_mapping: window.input_ids.map(() => null),
}));

test.each([
  ['right', [3, 0], [4, 0]],
  ['left', [3, 2], [4, 2]],
] as const)('positions count padding on the %s', async (paddingSide, starts, ends) => {
  const tokenizer = await plainTokenizer({ paddingSide });
  const { xs, ys } = questionCollator({ tokenizer })(windows, 0);
  expect(ys).toEqual({
    start_positions: { values: Int32Array.from(starts), shape: [2] },
    end_positions: { values: Int32Array.from(ends), shape: [2] },
  });
  // The place of the answer that is not there is that of [CLS].
  expect(xs.input_ids!.values[6 + starts[1]]).toBe(tokenizer.clsTokenId);
});

test('windows to predict have no positions', async () => {
  const tokenizer = await plainTokenizer();
  const unlabelled = windows.map(({ start_positions: _start, end_positions: _end, ...window }) => window);
  expect(questionCollator({ tokenizer })(unlabelled, 0).ys).toEqual({});
});
