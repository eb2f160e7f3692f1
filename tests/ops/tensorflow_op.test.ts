import * as tf from '@tensorflow/tfjs';
import { hasTensorflowOps, tensorflowOp } from '../../src/ops/tensorflow_op';
import { useBackend } from '../../src/runtime/use_backend';
import { onTensorflow } from '../harness';

test.each(['cpu', 'wasm'] as const)('%s has no operations of TensorFlow', async (backend) => {
  await useBackend(backend);
  expect(hasTensorflowOps()).toBe(false);
});

onTensorflow('tensorflowOp', () => {
  const FLOAT = { T: { dtype: 'float32' } } as const;

  test('is there', () => expect(hasTensorflowOps()).toBe(true));

  test('runs an operation that tfjs has no kernel for', () => {
    expect(tensorflowOp('L2Loss', [tf.tensor1d([3, 4])], FLOAT)).toBeCloseToTensor(12.5);
  });

  test('passes settings of numbers and types', () => {
    const taken = tensorflowOp('GatherV2', [tf.tensor1d([5, 6, 7]), tf.tensor1d([2], 'int32'), tf.scalar(0, 'int32')], {
      batch_dims: { int: 0 },
      Tparams: { dtype: 'float32' },
      Tindices: { dtype: 'int32' },
      Taxis: { dtype: 'int32' },
    });
    expect(taken).toBeCloseToTensor([7]);
  });

  test("gives a tensor that is the caller's, or of the tidy around", () => {
    const x = tf.tensor1d([3, 4]);
    expect(() => tensorflowOp('L2Loss', [x], FLOAT)).toCreateTensors(1);
    expect(() => {
      tf.tidy(() => void tensorflowOp('L2Loss', [x], FLOAT));
      return [];
    }).toCreateTensors(0);
  });
});
