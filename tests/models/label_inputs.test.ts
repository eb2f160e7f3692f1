import * as tf from '@tensorflow/tfjs';
import type { DebertaV2ConfigInput } from '../../src/config/config_schema';
import type { LabelInputs } from '../../src/models/label_inputs';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import { TFDebertaV2ForMultipleChoice } from '../../src/models/multiple_choice';
import type { ModelClass, TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { TFDebertaV2ForQuestionAnswering } from '../../src/models/question_answering';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { TFDebertaV2ForTokenClassification } from '../../src/models/token_classification';
import { tinyConfig } from '../layers/tiny_config';

beforeAll(() => tf.setBackend('cpu'));

const IDS = [
  [1, 5, 9, 2],
  [3, 10, 0, 4],
];
const int = (values: tf.TensorLike) => tf.tensor(values, undefined, 'int32');
const zeros = (...shape: number[]) => tf.zeros(shape, 'int32');

describe('labels that fit, evaluate and trainOnBatch refuse', () => {
  const HEADS = {
    token: TFDebertaV2ForTokenClassification,
    sequence: TFDebertaV2ForSequenceClassification,
    maskedLm: TFDebertaV2ForMaskedLM,
    answer: TFDebertaV2ForQuestionAnswering,
    choice: TFDebertaV2ForMultipleChoice,
  };
  const THREE = { numLabels: 3 };
  const MULTI = { ...THREE, problemType: 'multi_label_classification' } as const;

  test.each<[string, keyof typeof HEADS, DebertaV2ConfigInput, () => LabelInputs, RegExp]>([
    [
      'a class too many',
      'token',
      THREE,
      () =>
        int([
          [0, 1, 3, 0],
          [0, 0, 0, 0],
        ]),
      /labels must be integers from 0 to 2, or -100 for what does not count, received 3/,
    ],
    [
      'a negative class',
      'token',
      THREE,
      () =>
        int([
          [0, 1, -1, 0],
          [0, 0, 0, 0],
        ]),
      /received -1/,
    ],
    [
      'a fractional class',
      'token',
      THREE,
      () =>
        tf.tensor2d([
          [0, 1, 0.5, 0],
          [0, 0, 0, 0],
        ]),
      /received 0.5/,
    ],
    ['labels of texts for tokens', 'token', THREE, () => zeros(2), /shape \[2,4\], received \[2\]/],
    [
      'labels that are missing',
      'token',
      THREE,
      () => ({ other: zeros(2, 4) }),
      /hold the tensor labels, received no tensor labels/,
    ],
    ['arrays', 'token', THREE, () => ({ labels: IDS }), /received no tensor labels/],
    ['nothing', 'token', THREE, () => null as unknown as LabelInputs, /received no tensor labels/],
    [
      'a class too many',
      'sequence',
      THREE,
      () => int([0, 3]),
      /integers from 0 to 2, or negative for what does not count, received 3/,
    ],
    [
      'a class too many by name',
      'sequence',
      { ...THREE, problemType: 'single_label_classification' },
      () => int([0, -1]),
      /or -100 .*received -1/,
    ],
    ['too few classes', 'sequence', THREE, () => int([0]), /shape \[2\], received \[1\]/],
    ['soft labels of another number', 'sequence', THREE, () => tf.zeros([2, 4]), /shape \[2,3\], received \[2,4\]/],
    ['too few values', 'sequence', { numLabels: 1 }, () => tf.zeros([3]), /shape \[2\], received \[3\]/],
    ['class indices for several labels', 'sequence', MULTI, () => int([0, 1]), /shape \[2,3\], received \[2\]/],
    [
      'a token beyond the vocabulary',
      'maskedLm',
      {},
      () =>
        int([
          [0, 1, 11, 0],
          [0, 0, 0, 0],
        ]),
      /from 0 to 10.*received 11/,
    ],
    ['a choice too many', 'choice', {}, () => int([0, 3]), /from 0 to 2.*received 3/],
    [
      'no end',
      'answer',
      {},
      () => ({ start_positions: zeros(2) }),
      /tensors start_positions and end_positions, received no tensor end_positions/,
    ],
    ['one tensor for both ends', 'answer', {}, () => zeros(2), /received no tensor end_positions/],
    [
      'a position before the text',
      'answer',
      {},
      () => [zeros(2), int([1, -1])],
      /end_positions must be integers of at least 0, received -1/,
    ],
    [
      '-100 for an answer',
      'answer',
      {},
      () => [int([1, -100]), zeros(2)],
      /start_positions must be integers of at least 0, received -100/,
    ],
    [
      'too many positions',
      'answer',
      {},
      () => [zeros(2), zeros(3)],
      /end_positions must have the shape \[2\], received \[3\]/,
    ],
  ])('%s (%s)', async (_name, head, changes, y, message) => {
    const modelClass: ModelClass<TFDebertaV2PreTrainedModel> = HEADS[head];
    const model = new modelClass(tinyConfig(changes));
    model.compile({ optimizer: 'sgd' });
    const x = head === 'choice' ? zeros(2, 3, 4) : int(IDS);
    await expect(() => model.fit(x, y(), { verbose: 0 })).toThrowDebertaError('input', message);
    await expect(() => model.trainOnBatch(x, y())).toThrowDebertaError('input', message);
    expect(() => model.evaluate(x, y())).toThrowDebertaError('input', message);
  });

  test.each<[string, DebertaV2ConfigInput, () => LabelInputs]>([
    ['class indices in a column', THREE, () => int([[2], [0]])],
    ['a negative class index, which does not count', THREE, () => int([2, -1])],
    [
      '-100 where the problem type is set',
      { ...THREE, problemType: 'single_label_classification' },
      () => int([2, -100]),
    ],
    [
      'soft labels',
      THREE,
      () =>
        tf.tensor2d([
          [0.5, 0.5, 0],
          [0, 0, 1],
        ]),
    ],
    ['values in a column', { numLabels: 1 }, () => tf.tensor2d([[0.5], [-3]])],
    [
      'several labels at once',
      MULTI,
      () =>
        int([
          [1, 0, 1],
          [0, 0, 0],
        ]),
    ],
    ['labels by name beside others', THREE, () => ({ labels: int([2, 0]), idx: [7, 8] })],
    ['a list of one', THREE, () => [int([2, 0])]],
  ])('%s are taken', async (_name, changes, y) => {
    const model = new TFDebertaV2ForSequenceClassification(tinyConfig(changes));
    model.compile({ optimizer: 'sgd' });
    const { history } = await model.fit(int(IDS), y(), { verbose: 0, epochs: 1 });
    expect(history.loss![0]).toEqual(expect.any(Number));
    expect(history.loss![0]).not.toBeNaN();
  });

  test('the metric accuracy says what labels it needs', async () => {
    const model = new TFDebertaV2ForSequenceClassification(tinyConfig(MULTI));
    model.compile({ optimizer: 'sgd', metrics: ['accuracy'] });
    const fit = () => model.fit(int(IDS), tf.zeros([2, 3]), { verbose: 0 });
    await expect(fit).toThrowDebertaError('input', /metric accuracy/);
  });
});
