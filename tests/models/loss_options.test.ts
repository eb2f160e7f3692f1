import * as tf from '@tensorflow/tfjs';
import type { DebertaErrorCode } from '../../src/errors';
import type { LossOptions, TaskLoss } from '../../src/models/loss_options';
import {
  classificationLoss,
  positionLoss,
  positionLossWeight,
  sequenceClassificationLoss,
  sequenceClassificationLossWeight,
} from '../../src/models/task_losses';
import { softCrossEntropy } from '../../src/ops/cross_entropy';
import { eachBackend, randomTensor } from '../harness';
import { configFor, HEAD_NAMES, HEADS, type HeadFixture, type HeadName, readFixture } from './cases';

const ROWS = 8;
const PARTS = 4;
const sampleWeights = () => tf.tensor1d([1, 2, 0.5, 3, 1, 0.25, 4, 1]);

/** Shape of what each head is trained on, for the labels in `tests/fixtures/training`. */
const OUTPUT_SHAPES: Record<HeadName, number[]> = {
  masked_lm: [ROWS, 9, 50],
  sequence_classification: [ROWS, 3],
  token_classification: [ROWS, 9, 3],
  question_answering: [ROWS, 2, 9],
  multiple_choice: [ROWS, 2],
};

/** Positions and choices are no classes. */
const classWeightsFor = (head: HeadName) =>
  head === 'question_answering' || head === 'multiple_choice'
    ? undefined
    : Array.from({ length: OUTPUT_SHAPES[head].at(-1)! }, (_, label) => 0.5 + (label % 3));

/** The methods of a head that its way of training uses, and it alone. */
interface Task {
  taskLoss(): TaskLoss;
  taskLossWeight(target: tf.Tensor, options: LossOptions, outputShape: readonly number[]): tf.Scalar;
}

interface TrainingFixture {
  readonly config: Record<string, unknown>;
  readonly steps: HeadFixture[];
}

const fixtureOf = (head: HeadName) => readFixture<TrainingFixture>('training', `${head}.json`);

const taskOf = (head: HeadName) =>
  new HEADS[head](configFor(fixtureOf(head).config, head)) as unknown as Task & tf.LayersModel;

/** Labels of a step as the head's target. */
function targetOf({ labels, start_positions: start, end_positions: end }: HeadFixture): tf.Tensor {
  if (labels !== undefined) return tf.tensor(labels, undefined, 'int32');
  return tf.stack([tf.tensor1d(start!, 'int32'), tf.tensor1d(end!, 'int32')], 1);
}

const OPTIONS: Array<[string, (head: HeadName) => LossOptions]> = [
  ['plain', () => ({})],
  [
    'weighted and smoothed',
    (head) => ({ labelSmoothing: 0.1, sampleWeights: sampleWeights(), classWeights: classWeightsFor(head) }),
  ],
];

eachBackend('the losses of 4 parts of a batch, each times what it counts, add up to the loss of the whole', () => {
  describe.each(HEAD_NAMES)('%s', (head) => {
    const { steps } = fixtureOf(head);

    test.each(OPTIONS)('%s', (_name, optionsFor) => {
      const task = taskOf(head);
      const [target, output] = [targetOf(steps[1]!), randomTensor(OUTPUT_SHAPES[head])];
      const options = optionsFor(head);
      const lossOf = (y: tf.Tensor, x: tf.Tensor, given: LossOptions) => {
        const weight = task.taskLossWeight(y, given, x.shape);
        return { weight, loss: task.taskLoss()(y, x, given) };
      };
      const parts = Array.from({ length: PARTS }, (_, part) => {
        const cut = (tensor: tf.Tensor) => tf.split(tensor, PARTS)[part]!;
        const weights = options.sampleWeights && cut(options.sampleWeights);
        return lossOf(cut(target), cut(output), { ...options, sampleWeights: weights });
      });
      const whole = lossOf(target, output, options);
      expect(tf.addN(parts.map(({ weight }) => weight))).toBeCloseToTensor(whole.weight);
      const sum = tf.addN(parts.map(({ weight, loss }) => tf.mul(weight, loss)));
      expect(tf.div(sum, whole.weight)).toBeCloseToTensor(whole.loss);
      task.dispose();
    });
  });
});

const LOGITS = [
  [0.5, -1.25, 2],
  [1.5, 0.25, -0.75],
  [-0.5, 3, 1],
];
const logits = () => tf.tensor2d(LOGITS);

eachBackend('how examples count', () => {
  test('an example that weighs 2 counts as two examples', () => {
    const twice = tf.tensor2d([...LOGITS, LOGITS[1]!]);
    const weights = tf.tensor1d([1, 2, 1], 'int32');
    expect(classificationLoss(tf.tensor1d([2, 0, 1]), logits(), { sampleWeights: weights })).toBeCloseToTensor(
      classificationLoss(tf.tensor1d([2, 0, 1, 0]), twice),
    );
    expect(positionLoss(tf.tensor1d([2, 9, 1]), logits(), { sampleWeights: weights })).toBeCloseToTensor(
      positionLoss(tf.tensor1d([2, 9, 1, 9]), twice),
    );
    for (const problemType of ['regression', 'multi_label_classification', null] as const) {
      const labels = tf.tensor2d([
        [0, 1, 0],
        [1, 1, 0],
        [0, 0, 1],
      ]);
      const doubled = tf.concat([labels, tf.slice(labels, 1, 1)]);
      expect(sequenceClassificationLoss(labels, logits(), problemType, { sampleWeights: weights })).toBeCloseToTensor(
        sequenceClassificationLoss(doubled, twice, problemType),
      );
    }
  });

  test("tokens have their example's weight, or each its own", () => {
    const tokens = randomTensor([2, 3, 4]);
    const labels = tf.tensor2d([0, 1, -100, 3, 2, 1], [2, 3], 'int32');
    const lossOf = (weights: tf.Tensor) => classificationLoss(labels, tokens, { sampleWeights: weights });
    const shared = lossOf(tf.tensor1d([1, 3]));
    expect(shared).toBeCloseToTensor(lossOf(tf.tensor2d([1, 1, 1, 3, 3, 3], [2, 3])));
    expect(shared).toBeCloseToTensor(lossOf(tf.tensor2d([1, 3], [2, 1])));
    const first = classificationLoss(tf.tensor2d([0, -100, -100, -100, -100, -100], [2, 3], 'int32'), tokens);
    expect(lossOf(tf.tensor2d([1, 0, 0, 0, 0, 0], [2, 3]))).toBeCloseToTensor(first);
  });

  test('negative class indices do not, nor do those without weight', () => {
    const labels = tf.tensor1d([2, -1, 0], 'int32');
    const options = { classWeights: [2, 1, 4], sampleWeights: tf.tensor1d([1, 5, 0]) };
    expect(sequenceClassificationLossWeight(labels, 3, null, options)).toBeCloseToTensor(4);
    expect(sequenceClassificationLossWeight(labels, 3, null)).toBeCloseToTensor(2);
    const none = { sampleWeights: tf.zeros([3]) };
    expect(sequenceClassificationLoss(labels, logits(), null, none)).toBeCloseToTensor(0);
  });

  test('class weights are factors of soft labels', () => {
    const labels = tf.tensor2d([
      [0.2, 0.3, 0.5],
      [1, 0, 0],
      [0.5, 0, 0.5],
    ]);
    const factors = tf.tensor1d([2, 1, 4]);
    expect(sequenceClassificationLoss(labels, logits(), null, { classWeights: factors })).toBeCloseToTensor(
      softCrossEntropy(logits(), tf.mul(labels, factors)),
    );
  });

  test('values count by example', () => {
    const weightOf = (options: LossOptions) =>
      sequenceClassificationLossWeight(tf.zeros([3, 2]), 2, 'regression', options);
    expect(weightOf({})).toBeCloseToTensor(3);
    expect(weightOf({ sampleWeights: tf.tensor1d([1, 0.5, 4]) })).toBeCloseToTensor(5.5);
  });

  test('positions beyond the window do not', () => {
    expect(positionLossWeight(tf.tensor1d([2, 3, 0]), 3)).toBeCloseToTensor(2);
  });

  test('of a question the mean over both ends counts', () => {
    const task = taskOf('question_answering');
    const positions = tf.tensor2d([1, 3, 0, 2], [2, 2], 'int32');
    expect(task.taskLossWeight(positions, {}, [2, 2, 3])).toBeCloseToTensor(1.5);
    expect(() => task.taskLossWeight(positions, {}, [2, 2, 3])).toCreateTensors(1);
    task.dispose();
  });

  test('leaks nothing', () => {
    const [labels, x] = [tf.tensor2d([0, 1, -100, 2, 2, 1], [2, 3], 'int32'), randomTensor([2, 3, 3])];
    const options = { classWeights: [1, 2, 3], labelSmoothing: 0.1, sampleWeights: tf.tensor1d([1, 2]) };
    expect(() => classificationLoss(labels, x, options)).toCreateTensors(1);
  });
});

eachBackend('losses refuse', () => {
  const labels = () => tf.tensor1d([2, 0, 1], 'int32');
  const ofClasses = (options: LossOptions) => classificationLoss(labels(), logits(), options);
  const ofPositions = (options: LossOptions) => positionLoss(labels(), logits(), options);
  const ofValues = (options: LossOptions) =>
    sequenceClassificationLoss(tf.zeros([3, 3]), logits(), 'regression', options);
  const ofChoices = (options: LossOptions) => taskOf('multiple_choice').taskLoss()(labels(), logits(), options);

  test.each<[string, (options: LossOptions) => tf.Scalar, () => LossOptions, DebertaErrorCode, RegExp]>([
    [
      'too few class weights',
      ofClasses,
      () => ({ classWeights: [1, 2] }),
      'usage',
      /each of the 3 classes, received \[2\]/,
    ],
    [
      'a matrix of class weights',
      ofClasses,
      () => ({ classWeights: tf.ones([3, 1]) as never }),
      'usage',
      /received \[3,1\]/,
    ],
    ['class weights by name', ofClasses, () => ({ classWeights: { ham: 1 } as never }), 'usage', /received object/],
    ['smoothing as a text', ofClasses, () => ({ labelSmoothing: '0.1' as never }), 'usage', /received 0.1/],
    ['a negative class weight', ofClasses, () => ({ classWeights: [1, -2, 1] }), 'usage', /at least 0, received -2/],
    [
      'a class weight that is no number',
      ofClasses,
      () => ({ classWeights: [1, Number.NaN, 1] }),
      'usage',
      /received NaN/,
    ],
    ['an infinite class weight', ofClasses, () => ({ classWeights: [1, 1, 1 / 0] }), 'usage', /received Infinity/],
    ['negative smoothing', ofClasses, () => ({ labelSmoothing: -0.1 }), 'usage', /from 0 to 1, received -0.1/],
    ['smoothing above 1', ofPositions, () => ({ labelSmoothing: 1.5 }), 'usage', /from 0 to 1, received 1.5/],
    ['smoothing that is no number', ofClasses, () => ({ labelSmoothing: Number.NaN }), 'usage', /received NaN/],
    ['weights of positions', ofPositions, () => ({ classWeights: [1, 1, 1] }), 'usage', /this task has positions/],
    ['weights of choices', ofChoices, () => ({ classWeights: [1, 1, 1] }), 'usage', /this task has choices/],
    ['class weights of values', ofValues, () => ({ classWeights: [1, 1, 1] }), 'usage', /this task has values/],
    ['smoothing of values', ofValues, () => ({ labelSmoothing: 0.1 }), 'usage', /regression has none/],
    [
      'sample weights of another batch',
      ofClasses,
      () => ({ sampleWeights: tf.ones([2]) }),
      'input',
      /shape \[3\], received \[2\]/,
    ],
    [
      'sample weights of tokens for values',
      ofValues,
      () => ({ sampleWeights: tf.ones([3, 3]) }),
      'input',
      /received \[3,3\]/,
    ],
  ])('%s', (_name, lossOf, options, code, message) => {
    expect(() => lossOf(options())).toThrowDebertaError(code, message);
  });
});
