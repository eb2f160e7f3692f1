import * as tf from '@tensorflow/tfjs';
import { addSameShape } from '../../src/ops/add_same_shape';
import { reshape } from '../../src/ops/reshape';
import { scale } from '../../src/ops/scale';
import { eachBackend, expectGradientsToMatchFiniteDifferences, randomTensor } from '../harness';

type Op = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Each beside the op of tfjs that it stands for. */
const CASES: ReadonlyArray<{ name: string; op: Op; plain: Op; inputs: number[][] }> = [
  {
    name: 'addSameShape of two',
    op: (...x) => addSameShape(...x),
    plain: (a, b) => tf.add(a!, b!),
    inputs: [
      [2, 3],
      [2, 3],
    ],
  },
  {
    name: 'addSameShape of three',
    op: (...x) => addSameShape(...x),
    plain: (...x) => tf.addN(x),
    inputs: [[4], [4], [4]],
  },
  { name: 'addSameShape of one', op: (...x) => addSameShape(...x), plain: (x) => x!, inputs: [[2, 2]] },
  { name: 'scale', op: (x) => scale(x!, -1.5), plain: (x) => tf.mul(x!, -1.5), inputs: [[2, 3]] },
  { name: 'reshape', op: (x) => reshape(x!, [3, -1]), plain: (x) => tf.reshape(x!, [3, -1]), inputs: [[2, 6]] },
];

/** Bytes kept for the backward pass, beside what lives anyway. */
function keptBytes(op: Op, inputs: tf.Tensor[]): number {
  let kept = 0;
  tf.tidy(() => {
    tf.grads((...given: tf.Tensor[]) => {
      const before = tf.memory().numBytes;
      const value = op(...given);
      kept = tf.memory().numBytes - before - 4 * value.size;
      return value;
    })(inputs);
  });
  return kept;
}

eachBackend('ops that keep nothing for their gradient', () => {
  test.each(CASES)('$name gives the value of tfjs', ({ op, plain, inputs }) => {
    const tensors = inputs.map((shape, i) => randomTensor(shape, i + 1));
    expect(op(...tensors)).toBeCloseToTensor(plain(...tensors), 0);
  });

  test.each(CASES)('$name has the right gradient', ({ op, inputs }) => {
    expectGradientsToMatchFiniteDifferences(op, inputs);
  });

  test.each(CASES)('$name: an input used twice gets both gradients', ({ op, inputs }) => {
    expectGradientsToMatchFiniteDifferences(
      (...x) => tf.add(tf.sum(tf.square(op(...x))), tf.sum(tf.mul(x[0]!, x[0]!))),
      inputs,
      { tolerance: 1e-3 },
    );
  });

  test.each(CASES)('$name keeps nothing, and leaves nothing behind', ({ op, inputs }) => {
    const tensors = inputs.map((shape, i) => randomTensor(shape, i + 1));
    expect(keptBytes(op, tensors)).toBe(0);
    expect(() => op(...tensors)).toCreateTensors(1);
    expect(() => tf.tidy(() => tf.grads(op)(tensors))).toCreateTensors(tensors.length);
  });

  test('tf.add, tf.mul with a number and tf.reshape keep copies, which is why there are these', () => {
    for (const { plain, inputs } of CASES.filter(({ name }) => name !== 'addSameShape of one')) {
      expect(
        keptBytes(
          plain,
          inputs.map((shape) => randomTensor(shape)),
        ),
      ).toBeGreaterThan(0);
    }
  });
});
