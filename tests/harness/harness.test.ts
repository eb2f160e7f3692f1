import * as tf from '@tensorflow/tfjs';
import { CheckpointError, ConfigError } from '../../src/errors';
import { availableBackends, eachBackend, expectGradientsToMatchFiniteDifferences, randomTensor } from './index';

/** What a matcher says when it fails. */
function complaintOf(check: () => unknown): string {
  try {
    check();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
}

beforeAll(() => tf.setBackend('cpu'));

describe('toBeCloseToTensor', () => {
  test('accepts tensors and nested numbers on either side', () => {
    expect(tf.tensor2d([[1, 2]])).toBeCloseToTensor([[1, 2.000009]]);
    expect(tf.scalar(3)).toBeCloseToTensor(tf.scalar(3));
    expect(tf.scalar(3)).toBeCloseToTensor(3);
    expect([[1], new Float32Array([2])]).toBeCloseToTensor([[1], [2]]);
  });

  test('takes NaN for NaN and an infinity for itself', () => {
    expect([Number.NaN, -1 / 0]).toBeCloseToTensor([Number.NaN, Number.NEGATIVE_INFINITY]);
  });

  test('names the first bad index, both values and the largest difference', () => {
    const message = complaintOf(() =>
      expect(
        tf.tensor2d([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      ).toBeCloseToTensor([
        [1, 2, 3],
        [4, 5.5, 8],
      ]),
    );
    expect(message).toContain('Expected 5.5 at [1,1], received 5.');
    expect(message).toContain('The largest of 6 differences is 2, allowed is 0.00001.');
  });

  test.each([
    ['another shape', () => expect([[0], [0]]).toBeCloseToTensor([0, 0]), 'Expected shape [2], received [2,1].'],
    [
      'NaN where a number belongs',
      () => expect([Number.NaN]).toBeCloseToTensor([0], 1e9),
      'Expected 0 at [0], received NaN.',
    ],
    [
      'a difference above the tolerance',
      () => expect([0.2]).toBeCloseToTensor([0], 0.1),
      'Expected 0 at [0], received 0.2.',
    ],
  ])('refuses %s', (_name, check, complaint) => {
    expect(complaintOf(check)).toContain(complaint);
  });
});

describe('toCreateTensors', () => {
  let x: tf.Tensor;
  beforeAll(() => {
    x = tf.tensor1d([1, 2]);
  });

  test('counts what is returned and disposes it', () => {
    const before = tf.memory().numTensors;
    expect(() => [tf.square(x), tf.neg(x)]).toCreateTensors(2);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('allows what is made once and kept', () => {
    let kept: tf.Tensor | undefined;
    expect(() => {
      kept ??= tf.zeros([2]);
      return tf.add(x, kept);
    }).toCreateTensors(1);
    kept?.dispose();
  });

  test('finds a tensor left behind', () => {
    expect(complaintOf(() => expect(() => tf.neg(tf.square(x))).toCreateTensors(1))).toContain('received 2');
    expect(complaintOf(() => expect(() => tf.neg(tf.square(x))).toCreateTensors(2))).toContain(
      '1 tensors and 1 buffers are left',
    );
  });
});

describe('toThrowDebertaError', () => {
  const fail = (error: Error) => () => {
    throw error;
  };

  test('accepts an error of the code, thrown or rejected', async () => {
    expect(fail(new ConfigError('A field must be 1, received 2.'))).toThrowDebertaError('config', /must be 1/);
    await expect(async () => fail(new ConfigError('A field is bad.'))()).toThrowDebertaError('config', /bad/);
  });

  test.each([
    ['nothing thrown', () => undefined, 'nothing was thrown'],
    ['another class', fail(new TypeError('x is undefined.')), 'TypeError'],
    ['another code', fail(new CheckpointError('A field is bad.')), 'received "checkpoint"'],
    ['another message', fail(new ConfigError('Something else.')), 'matches /bad/'],
    ['no full stop', fail(new ConfigError('A field is bad')), 'one sentence'],
    ['two sentences', fail(new ConfigError('A field is bad. Do better.')), 'one sentence'],
  ])('refuses %s', (_name, run, complaint) => {
    expect(complaintOf(() => expect(run).toThrowDebertaError('config', /bad/))).toContain(complaint);
  });
});

describe('expectGradientsToMatchFiniteDifferences', () => {
  const doubleGradient = (x: tf.Tensor, factor: number) =>
    tf.customGrad((input) => ({
      value: tf.square(input as tf.Tensor),
      gradFunc: (dy) => tf.mul(dy, tf.mul(input as tf.Tensor, factor)),
    }))(x);

  test('accepts right gradients of several inputs, given as shapes or tensors', () => {
    expectGradientsToMatchFiniteDifferences((x, y) => tf.mul(tf.sin(x!), y!), [[2, 3], tf.tensor1d([1, 2, 3])]);
  });

  test('accepts a right custom gradient and refuses a wrong one', () => {
    expectGradientsToMatchFiniteDifferences((x) => doubleGradient(x!, 2), [[4]]);
    expect(complaintOf(() => expectGradientsToMatchFiniteDifferences((x) => doubleGradient(x!, 2.001), [[4]]))).toMatch(
      /Gradient of input 0 is wrong. Expected .*/,
    );
  });

  test('leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    expectGradientsToMatchFiniteDifferences((x) => tf.square(x!), [[2]]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

const seen: string[] = [];
eachBackend('eachBackend', (backend) => {
  test('switches the backend', () => {
    expect(tf.getBackend()).toBe(backend);
    seen.push(tf.getBackend());
  });
});
test('eachBackend ran on every backend', () => expect(seen).toEqual([...availableBackends]));

test('randomTensor gives the same numbers for a seed and others for another', () => {
  const [first, again, other] = [randomTensor([4], 1), randomTensor([4], 1), randomTensor([4], 2)];
  expect(again).toBeCloseToTensor(first, 0);
  expect(other).not.toBeCloseToTensor(first);
});
