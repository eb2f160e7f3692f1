import * as tf from '@tensorflow/tfjs';
import { expandAttentionMask, tokenMask } from '../../src/ops/attention_mask';
import { eachBackend, type NestedNumbers } from '../harness';

/** `[what, mask, expanded [1 or h, B, S or 1, S], tokens [B, S]]`, for a batch of one and two tokens. */
const CASES: Array<[string, NestedNumbers, NestedNumbers, number[][]]> = [
  [
    'tokens: padding is neither query nor key',
    [[1, 0]],
    [
      [
        [
          [1, 0],
          [0, 0],
        ],
      ],
    ],
    [[1, 0]],
  ],
  [
    'pairs of tokens',
    [
      [
        [1, 0],
        [1, 1],
      ],
    ],
    [
      [
        [
          [1, 0],
          [1, 1],
        ],
      ],
    ],
    [[1, 1]],
  ],
  [
    'pairs of tokens, one of which nobody sees',
    [
      [
        [1, 0],
        [1, 0],
      ],
    ],
    [
      [
        [
          [1, 0],
          [1, 0],
        ],
      ],
    ],
    [[1, 0]],
  ],
  ['keys alone', [[[[1, 0]]]], [[[[1, 0]]]], [[1, 0]]],
  [
    'pairs for each head',
    [
      [
        [
          [1, 0],
          [0, 0],
        ],
        [
          [0, 0],
          [1, 1],
        ],
      ],
    ],
    [
      [
        [
          [1, 0],
          [0, 0],
        ],
      ],
      [
        [
          [0, 0],
          [1, 1],
        ],
      ],
    ],
    [[1, 1]],
  ],
  [
    'everything masked',
    [[0, 0]],
    [
      [
        [
          [0, 0],
          [0, 0],
        ],
      ],
    ],
    [[0, 0]],
  ],
];

eachBackend('attention masks', () => {
  describe.each(CASES)('%s', (_name, mask, expanded, tokens) => {
    test.each(['int32', 'float32', 'bool'] as const)('as %s', (dtype) => {
      const tensor = tf.cast(tf.tensor(mask as number[]), dtype);
      expect(expandAttentionMask(tensor)).toBeCloseToTensor(expanded, 0);
      expect(tokenMask(tensor)).toBeCloseToTensor(tokens, 0);
      expect([expandAttentionMask(tensor).dtype, tokenMask(tensor).dtype]).toEqual(['float32', 'float32']);
    });
  });

  test('texts of a batch keep apart', () => {
    const mask = tf.tensor2d([
      [1, 0],
      [1, 1],
    ]);
    const expected = [
      [
        [
          [1, 0],
          [0, 0],
        ],
        [
          [1, 1],
          [1, 1],
        ],
      ],
    ];
    expect(expandAttentionMask(mask)).toBeCloseToTensor(expected, 0);
    expect(tokenMask(mask)).toBeCloseToTensor(mask, 0);
  });

  test.each([
    ['tokens', [2, 3]],
    ['pairs', [2, 3, 3]],
    ['keys', [2, 1, 1, 3]],
  ])('leak nothing for %s', (_name, shape) => {
    const mask = tf.ones(shape);
    expect(() => expandAttentionMask(mask)).toCreateTensors(1);
    expect(() => tokenMask(mask)).toCreateTensors(1);
  });
});
