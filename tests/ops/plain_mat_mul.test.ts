import * as tf from '@tensorflow/tfjs';
import { batchMatMul } from '../../src/ops/batch_mat_mul';
import { plainMatMul, type Transposed } from '../../src/ops/plain_mat_mul';
import { useBackend } from '../../src/runtime/use_backend';
import { eachBackend, randomTensor } from '../harness';

const SHAPES = [
  { name: 'one pair', batch: [] },
  { name: 'a batch of one', batch: [1] },
  { name: 'heads and batch', batch: [2, 3] },
];

const TRANSPOSED: readonly Transposed[] = [{}, { a: true }, { b: true }, { a: true, b: true }];

const cases = SHAPES.flatMap((shape) => TRANSPOSED.map((transposed) => ({ ...shape, transposed })));

const turned = (x: tf.Tensor) => {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
};

function multipliesPairs(): void {
  test.each(cases)('multiplies $name, transposed: $transposed', ({ batch, transposed }) => {
    const [a, b] = [randomTensor([...batch, 4, 5], 1), randomTensor([...batch, 5, 3], 2)];
    const product = plainMatMul(transposed.a ? turned(a) : a, transposed.b ? turned(b) : b, transposed);
    expect(product).toBeCloseToTensor(batchMatMul(a, b));
  });

  test('leaks nothing', () => {
    const [a, b] = [tf.ones([2, 4, 3]), tf.ones([2, 5, 4])];
    expect(() => plainMatMul(a, b, { a: true, b: true })).toCreateTensors(1);
  });
}

eachBackend('plainMatMul', multipliesPairs);

describe("plainMatMul on wasm with tfjs' own kernels", () => {
  beforeAll(() => useBackend('wasm', { kernels: false }));

  multipliesPairs();
});
