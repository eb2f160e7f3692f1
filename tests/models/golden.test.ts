import * as tf from '@tensorflow/tfjs';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import { TFDebertaV2ForMultipleChoice } from '../../src/models/multiple_choice';
import { TFDebertaV2ForQuestionAnswering } from '../../src/models/question_answering';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { TFDebertaV2ForTokenClassification } from '../../src/models/token_classification';
import { eachBackend, type NestedNumbers } from '../harness';
import { deterministicModel } from '../harness/deterministic_weights';

/** Numbers published nowhere else: computed with the TF, PyTorch and an independent float64 implementation. */
interface Golden {
  readonly config: ConstructorParameters<typeof DebertaV2Config>[0];
  readonly tokenTypeIds?: number[][];
  readonly parameters: number;
  /** `[what, index path, expected]`. */
  readonly states: Array<[what: 'embedded' | 'first' | 'last', at: number[], expected: number[]]>;
  readonly absoluteSum: number;
  readonly attentions: Array<[layer: number, at: number[], expected: number[]]>;
  readonly sequence: { logits: number[][]; losses: [number, number] };
  readonly token: { at01: number[]; loss: number };
  readonly maskedLm: { at01: number[]; loss: number };
  readonly answer: { start?: number[][]; end?: number[][]; losses: [number, number] };
  readonly choice: { logits: number[][]; loss: number };
}

const IDS = [
  [1, 7, 23, 11, 2, 0, 0],
  [1, 5, 9, 31, 44, 13, 2],
];
const MASK = [
  [1, 1, 1, 1, 1, 0, 0],
  [1, 1, 1, 1, 1, 1, 1],
];
const COMMON = {
  vocabSize: 50,
  hiddenSize: 16,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 24,
  maxPositionEmbeddings: 16,
  numLabels: 3,
  relativeAttention: true,
} as const;

// prettier-ignore
const GOLDEN: Array<[string, Golden]> = [
  [
    'shared keys, log buckets, convolution (v2)',
    {
      config: {
        ...COMMON,
        positionBuckets: 4,
        normRelEbd: 'layer_norm',
        shareAttKey: true,
        posAttType: 'p2c|c2p',
        convKernelSize: 3,
        convAct: 'gelu',
        positionBiasedInput: false,
      },
      parameters: 5728,
      states: [
        ['embedded', [0, 1], [-0.518079, -0.695406, -0.809033, -0.861284]],
        ['first', [0, 1], [-1.549536, 0.181773, -2.399449, -0.646496]],
        ['last', [0, 0], [-0.343101, -0.716389, 1.210427, -1.626478, 1.790398, -0.672578]],
        ['last', [0, 4], [-1.62675, 0.376204, -1.136432, -0.841332, 0.904438, -1.539283]],
        ['last', [1, 6], [-1.618346, 0.505415, -1.501426, -0.539723, 0.418015, -1.450205]],
        ['last', [0, 5], [-1.691701, 0.268618, -1.235594, -0.792939, 0.678047, -1.390434]],
      ],
      absoluteSum: 164.746521,
      attentions: [
        [0, [0, 0, 1], [0.00154, 0.00032, 0.001577, 0.943879, 0.052685, 0, 0]],
        [1, [1, 1, 3], [0.000341, 0.000582, 0.134621, 0.062169, 0.387421, 0.062493, 0.352373]],
      ],
      sequence: {
        logits: [
          [0.195049, 0.696299, 1.105494],
          [0.081045, 0.576034, 0.994659],
        ],
        losses: [0.725871, 1.635846],
      },
      token: { at01: [-1.137614, -1.07531, -0.873936], loss: 1.111769 },
      maskedLm: { at01: [0.986454, 1.915712, 2.593865, 2.932634, 2.888149, 2.466629], loss: 6.985682 },
      answer: {
        start: [
          [-0.876191, -0.827606, -0.833177, -1.088748, -0.808336, -1.09414, -1.09414],
          [-0.818411, -0.776091, -0.895407, -0.75419, -0.734344, -0.859202, -0.737642],
        ],
        end: [
          [-1.131261, -1.120585, -1.120958, -1.343971, -1.11162, -1.075622, -1.075622],
          [-1.117723, -1.101851, -1.222078, -1.093618, -1.115789, -1.24165, -1.117553],
        ],
        losses: [1.994499, 1.97505],
      },
      choice: {
        logits: [
          [0.195049, 0.081045],
          [0.081045, 0.195049],
        ],
        loss: 0.637769,
      },
    },
  ],
  [
    'own projections, no buckets, S above the span, absolute positions, token types',
    {
      config: { ...COMMON, maxRelativePositions: 5, posAttType: 'c2p|p2c', typeVocabSize: 2 },
      tokenTypeIds: [
        [0, 0, 0, 1, 1, 0, 0],
        [0, 0, 1, 1, 1, 1, 1],
      ],
      parameters: 6288,
      states: [
        ['embedded', [0, 1], [-0.517909, -0.695297, -0.80899, -0.861312]],
        ['first', [0, 1], [0.407329, 0.154657, -1.580704, 0.603507]],
        ['last', [0, 0], [-0.705292, -0.568869, 0.874463, -1.651249, 1.829138, -0.912093]],
        ['last', [0, 4], [-1.601164, 0.547702, -1.569379, -0.571068, 0.328249, -1.582012]],
        ['last', [1, 6], [-0.824383, 0.539793, -2.276535, 0.606346, -1.818326, -0.548047]],
        ['last', [0, 5], [-1.496443, 0.727041, -1.591462, -0.576092, 0.36407, -1.819825]],
      ],
      absoluteSum: 169.835297,
      attentions: [
        [0, [0, 0, 1], [0.93496, 0.000952, 0.001409, 0.042744, 0.019934, 0, 0]],
        [1, [1, 1, 3], [0.166843, 0.266386, 0.193719, 0.084249, 0.143503, 0.048489, 0.096811]],
      ],
      sequence: {
        logits: [
          [-0.054995, 0.425757, 0.849751],
          [-0.154103, 0.30382, 0.720892],
        ],
        losses: [0.722256, 1.605359],
      },
      token: { at01: [-1.392231, -1.193456, -0.840198], loss: 1.114256 },
      maskedLm: { at01: [1.334841, 2.192071, 2.762142, 2.970876, 2.791366, 2.247448], loss: 7.155561 },
      answer: { losses: [2.332828, 1.995048] },
      choice: {
        logits: [
          [-0.054995, -0.154103],
          [-0.154103, -0.054995],
        ],
        loss: 0.644821,
      },
    },
  ],
];

const mean = ([a, b]: [number, number]) => (a + b) / 2;
const int = (values: NestedNumbers) => tf.tensor(values, undefined, 'int32');

/** The last axis of a tensor at an index, cut to `length` values. */
function at(tensor: tf.Tensor, index: number[], length: number): tf.Tensor {
  const rest = tensor.rank - 1 - index.length;
  expect(rest).toBe(0);
  return tf.reshape(tf.slice(tensor, [...index, 0], [...index.map(() => 1), length]), [length]);
}

eachBackend('golden numbers', () => {
  describe.each(GOLDEN)('%s', (_name, golden) => {
    const config = new DebertaV2Config(golden.config);
    const types = golden.tokenTypeIds;
    const inputs = () => ({
      input_ids: int(IDS),
      attention_mask: int(MASK),
      ...(types && { token_type_ids: int(types) }),
    });

    test('encoder: states, attentions, sum, number of parameters', () => {
      const model = deterministicModel(TFDebertaV2Model, config);
      expect(model.numParameters()).toBe(golden.parameters);
      const output = model.forward(inputs(), { outputHiddenStates: true, outputAttentions: true });
      const states = {
        embedded: output.hidden_states![0]!,
        first: output.hidden_states![1]!,
        last: output.last_hidden_state,
      };
      for (const [what, index, expected] of golden.states) {
        expect(at(states[what], index, expected.length)).toBeCloseToTensor(expected);
      }
      for (const [layer, index, expected] of golden.attentions) {
        expect(at(output.attentions![layer]!, index, expected.length)).toBeCloseToTensor(expected);
      }
      const valid = tf.mul(tf.abs(output.last_hidden_state), tf.expandDims(tf.tensor2d(MASK), 2));
      // A sum of 192 float32 values: 1e-5 for each of them would be 2e-3.
      expect(tf.sum(valid)).toBeCloseToTensor(golden.absoluteSum, 1e-4);
    });

    test('sequence classification', () => {
      const model = deterministicModel(TFDebertaV2ForSequenceClassification, config);
      const { logits, loss } = model.forward({ ...inputs(), labels: int([2, 0]) });
      expect(logits).toBeCloseToTensor(golden.sequence.logits);
      expect(loss!).toBeCloseToTensor(mean(golden.sequence.losses));
    });

    test('token classification', () => {
      const model = deterministicModel(TFDebertaV2ForTokenClassification, config);
      const labels = [
        [-100, 1, 2, 0, -100, -100, -100],
        [-100, 0, 1, 1, 2, 2, -100],
      ];
      const { logits, loss } = model.forward({ ...inputs(), labels: int(labels) });
      expect(at(logits, [0, 1], 3)).toBeCloseToTensor(golden.token.at01);
      expect(loss!).toBeCloseToTensor(golden.token.loss);
    });

    test('masked language modelling', () => {
      const model = deterministicModel(TFDebertaV2ForMaskedLM, config);
      const labels = [
        [-100, 7, -100, 11, -100, -100, -100],
        [-100, -100, 9, -100, -100, 13, -100],
      ];
      const { logits, loss } = model.forward({ ...inputs(), labels: int(labels) });
      expect(at(logits, [0, 1], 6)).toBeCloseToTensor(golden.maskedLm.at01);
      expect(loss!).toBeCloseToTensor(golden.maskedLm.loss);
    });

    test('question answering', () => {
      const model = deterministicModel(TFDebertaV2ForQuestionAnswering, config.with({ numLabels: 2 }));
      const positions = { start_positions: int([1, 3]), end_positions: int([3, 5]) };
      const { start_logits, end_logits, loss } = model.forward({ ...inputs(), ...positions });
      if (golden.answer.start) expect(start_logits).toBeCloseToTensor(golden.answer.start);
      if (golden.answer.end) expect(end_logits).toBeCloseToTensor(golden.answer.end);
      expect(loss!).toBeCloseToTensor(mean(golden.answer.losses));
    });

    test('multiple choice between a batch and the batch reversed', () => {
      const model = deterministicModel(TFDebertaV2ForMultipleChoice, config);
      const choices = (values: number[][]) => int([values, [...values].reverse()]);
      const { logits, loss } = model.forward({
        input_ids: choices(IDS),
        attention_mask: choices(MASK),
        ...(types && { token_type_ids: choices(types) }),
        labels: int([0, 1]),
      });
      expect(logits).toBeCloseToTensor(golden.choice.logits);
      expect(loss!).toBeCloseToTensor(golden.choice.loss);
    });
  });

  test('masked language modelling by the head of the original (lm_predictions)', () => {
    const config = new DebertaV2Config({ ...GOLDEN[0]![1].config, legacy: false });
    const model = deterministicModel(TFDebertaV2ForMaskedLM, config);
    const { logits } = model.forward({ input_ids: int(IDS), attention_mask: int(MASK) });
    const expected = [-2.316177, -2.678506, -2.690176, -2.349741, -1.701844, -0.831364];
    expect(at(logits, [0, 1], 6)).toBeCloseToTensor(expected);
    expect(at(tf.argMax(logits, -1), [0], 2).dataSync()[1]).toBe(10);
  });
});
