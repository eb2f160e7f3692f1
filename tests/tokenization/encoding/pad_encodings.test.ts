import { type PaddingSettings, padEncoding, padEncodings } from '../../../src/tokenization/encoding/pad_encodings';

const defaults: PaddingSettings = {
  strategy: 'longest',
  maxLength: undefined,
  padToMultipleOf: undefined,
  side: 'right',
  attentionMask: true,
  padTokenId: 9,
  padTokenTypeId: 0,
};

// Settings, number of ids given, ids and mask that come out.
const cases: [name: string, settings: Partial<PaddingSettings>, count: number, ids: number[], mask: number[]][] = [
  ['no padding', { strategy: 'do_not_pad', maxLength: 5 }, 2, [0, 1], [1, 1]],
  ['max_length', { strategy: 'max_length', maxLength: 4 }, 2, [0, 1, 9, 9], [1, 1, 0, 0]],
  ['max_length on the left', { strategy: 'max_length', maxLength: 4, side: 'left' }, 2, [9, 9, 0, 1], [0, 0, 1, 1]],
  ['max_length below the length', { strategy: 'max_length', maxLength: 1 }, 2, [0, 1], [1, 1]],
  [
    'max_length and a multiple',
    { strategy: 'max_length', maxLength: 3, padToMultipleOf: 2 },
    2,
    [0, 1, 9, 9],
    [1, 1, 0, 0],
  ],
  ['longest alone', {}, 2, [0, 1], [1, 1]],
  ['longest and a multiple', { padToMultipleOf: 4 }, 2, [0, 1, 9, 9], [1, 1, 0, 0]],
  ['a multiple already', { padToMultipleOf: 2 }, 2, [0, 1], [1, 1]],
  ['no ids', { strategy: 'max_length', maxLength: 2 }, 0, [9, 9], [0, 0]],
];

test.each(cases)('padEncoding with %s', (_name, settings, count, ids, mask) => {
  const input = { input_ids: Array.from({ length: count }, (_, index) => index) };
  expect(padEncoding(input, { ...defaults, ...settings })).toEqual({ input_ids: ids, attention_mask: mask });
});

test('token types are padded by their own id, the special-token mask by 1, and other keys are left alone', () => {
  const input = { input_ids: [5], token_type_ids: [1], special_tokens_mask: [0], attention_mask: [0], labels: [3] };
  expect(padEncoding(input, { ...defaults, strategy: 'max_length', maxLength: 3, padTokenTypeId: 2 })).toEqual({
    input_ids: [5, 9, 9],
    token_type_ids: [1, 2, 2],
    special_tokens_mask: [0, 1, 1],
    attention_mask: [0, 0, 0],
    labels: [3],
  });
});

test('without attentionMask none is made', () => {
  expect(padEncoding({ input_ids: [5] }, { ...defaults, attentionMask: false })).toEqual({ input_ids: [5] });
});

test('the input is left as it was', () => {
  const input = { input_ids: [5], attention_mask: [1] };
  padEncoding(input, { ...defaults, strategy: 'max_length', maxLength: 2 });
  expect(input).toEqual({ input_ids: [5], attention_mask: [1] });
});

test('padEncodings pads to the longest of the batch, rounded up', () => {
  const rows = [{ input_ids: [1] }, { input_ids: [1, 2, 3] }, { input_ids: [] }];
  expect(padEncodings(rows, { ...defaults, padToMultipleOf: 2 }).map((row) => row.input_ids)).toEqual([
    [1, 9, 9, 9],
    [1, 2, 3, 9],
    [9, 9, 9, 9],
  ]);
});
