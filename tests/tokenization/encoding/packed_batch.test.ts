import type { BatchEncoding } from '../../../src/tokenization/encoding/encoding';
import { buffersOf, packBatch, unpackBatch } from '../../../src/tokenization/encoding/packed_batch';

const batches: [name: string, batch: BatchEncoding][] = [
  [
    'rows of one length',
    {
      input_ids: [
        [1, 2],
        [3, 4],
      ],
    },
  ],
  ['rows of several lengths', { input_ids: [[1], [], [2, 3, 4]] }],
  ['no rows', { input_ids: [] }],
  ['a number a row', { input_ids: [[1], [2]], length: [1, 1], overflow_to_sample_mapping: [0, 0] }],
  [
    'offsets',
    {
      input_ids: [[], [1, 2]],
      offset_mapping: [
        [],
        [
          [0, 3],
          [3, 9],
        ],
      ],
    },
  ],
  ['numbers below zero', { input_ids: [[1]], num_truncated_tokens: [-5] }],
];

test.each(batches)('a batch with %s survives packing', (_name, batch) => {
  const columns = packBatch(batch);
  const sent = structuredClone(columns, { transfer: buffersOf(columns) });
  expect(unpackBatch(sent)).toEqual(batch);
});
