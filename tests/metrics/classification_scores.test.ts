import { accuracy } from '../../src/metrics/accuracy';
import { classificationScores } from '../../src/metrics/classification_scores';
import { matthewsCorrelation } from '../../src/metrics/matthews_correlation';
import { multiLabelScores } from '../../src/metrics/multi_label_scores';
import fc from '../harness/fast_check';
import { expectScores, orNaN, readTable, type ScoreRows } from './table';

interface Case<Labels> {
  readonly name: string;
  readonly labels: Labels;
  readonly predictions: Labels;
  readonly zeroDivision: 0 | 1 | null;
  readonly scores: ScoreRows;
}

interface IndexCase extends Case<number[]> {
  readonly classes?: number[];
  readonly accuracy: number;
  readonly matthews: number;
}

const { indices, rows } = readTable<{ indices: IndexCase[]; rows: Case<number[][]>[] }>('classification');

describe.each(indices)('$name, zero division $zeroDivision', ({ labels, predictions, classes, ...expected }) => {
  test('precision, recall and F1 of scikit-learn', () => {
    const options = { zeroDivision: orNaN(expected.zeroDivision), ...(classes && { classes }) };
    expectScores(classificationScores(labels, predictions, options), expected.scores);
  });

  test('accuracy and Matthews correlation of scikit-learn', () => {
    const received = [accuracy(labels, predictions), matthewsCorrelation(labels, predictions)];
    expect(received).toBeCloseToTensor([expected.accuracy, expected.matthews], 1e-6);
  });
});

test.each(rows)('rows, $name, zero division $zeroDivision', ({ labels, predictions, zeroDivision, scores }) => {
  expectScores(multiLabelScores(labels, predictions, { zeroDivision: orNaN(zeroDivision) }), scores);
});

test('without a choice a division by zero gives 0, as in scikit-learn', () => {
  const { perClass } = classificationScores([0, 1], [1, 1]);
  expect(perClass[0]).toEqual({ precision: 0, recall: 0, f1: 0, support: 1 });
});

test('typed arrays, and tags for accuracy', () => {
  const [labels, predictions] = [Int32Array.of(0, 1, 1), Float32Array.of(0, 1, 0)];
  expect(classificationScores(labels, predictions)).toEqual(classificationScores([0, 1, 1], [0, 1, 0]));
  expect(multiLabelScores([labels], [predictions])).toEqual(multiLabelScores([[0, 1, 1]], [[0, 1, 0]]));
  expect(accuracy(labels, predictions)).toBe(2 / 3);
  expect(accuracy(['O', 'B-PER'], ['O', 'I-PER'])).toBe(0.5);
});

const pairs = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 1, maxLength: 30 });
const unzip = (list: [number, number][]) => [list.map(([label]) => label), list.map(([, guess]) => guess)] as const;

describe('any labels and predictions', () => {
  test('scores are from 0 to 1, Matthews correlation from -1, and the micro F1 is the accuracy', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const [labels, predictions] = unzip(list);
        const { perClass, micro, macro, weighted } = classificationScores(labels, predictions);
        for (const { precision, recall, f1 } of [...Object.values(perClass), micro, macro, weighted]) {
          for (const value of [precision, recall, f1]) expect(value >= 0 && value <= 1 + 1e-12).toBe(true);
        }
        expect(micro.f1).toBeCloseTo(accuracy(labels, predictions), 12);
        expect(Math.abs(matthewsCorrelation(labels, predictions))).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  test('their order does not matter', () => {
    const orders = pairs.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(orders, ([list, shuffled]) => {
        expect(classificationScores(...unzip(shuffled))).toEqual(classificationScores(...unzip(list)));
        expect(matthewsCorrelation(...unzip(shuffled))).toBe(matthewsCorrelation(...unzip(list)));
      }),
    );
  });
});

describe('refuses', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['no labels', () => accuracy([], []), /^Labels must be at least one, received none/],
    [
      'fewer predictions',
      () => accuracy([1, 2], [1]),
      /^Labels and predictions must be equally many, received 2 and 1/,
    ],
    ['fewer predictions of classes', () => classificationScores([1], []), /received 1 and 0/],
    [
      'an ignored label',
      () => classificationScores([0, -100], [0, 1]),
      /^Label 1 must be a class index.*received -100/,
    ],
    ['half a class', () => matthewsCorrelation([0, 1], [0, 0.5]), /^Prediction 1 must be a class index.*received 0.5/],
    ['NaN', () => matthewsCorrelation([Number.NaN], [0]), /^Label 0 must be a class index.*received NaN/],
    ['no classes', () => classificationScores([0], [0], { classes: [] }), /^Option classes must list.*received \[\]/],
    ['a class twice', () => classificationScores([0], [0], { classes: [1, 1] }), /received \[1,1\]/],
    ['no rows', () => multiLabelScores([], []), /^Rows of labels must be at least one/],
    [
      'fewer rows',
      () => multiLabelScores([[1], [0]], [[1]]),
      /^Rows of labels and rows of predictions must be equally/,
    ],
    ['a shorter row', () => multiLabelScores([[1, 0], [1]], [[1, 0], [1]]), /labels of row 1 must be equally many/],
    ['a shorter prediction', () => multiLabelScores([[1, 0]], [[1]]), /predictions of row 0 must.*received 2 and 1/],
    ['a logit', () => multiLabelScores([[1, 0]], [[1, 0.7]]), /^Prediction 1 of row 0 must be 0 or 1, received 0.7/],
  ])('%s', (_name, run, message) => {
    expect(run).toThrowDebertaError('input', message);
  });
});
