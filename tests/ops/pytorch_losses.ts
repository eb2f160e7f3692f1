import * as tf from '@tensorflow/tfjs';
import type { NestedNumbers } from '../harness';
import { readFixture } from '../models/cases';

/** One row of a loss fixture: labels, options, and what PyTorch makes of them. */
interface LossCase {
  readonly labels: NestedNumbers;
  readonly ignore_index?: number;
  readonly class_weights?: number[];
  readonly label_smoothing?: number;
  readonly row_weights?: number[];
  readonly loss: number;
  readonly gradient: number[][];
}

/** The options of a case, as the losses take them. */
export interface LossCaseOptions {
  readonly ignoreIndex: number | undefined;
  readonly classWeights: number[] | undefined;
  readonly labelSmoothing: number | undefined;
  readonly rowWeights: tf.Tensor1D | undefined;
}

/**
 * Declares the tests of a loss: value and gradient of every combination of options are PyTorch's, and nothing leaks.
 *
 * @param fixture file of tests/fixtures/losses.
 */
export function testAgainstPytorch(
  fixture: string,
  lossOf: (logits: tf.Tensor2D, labels: NestedNumbers, options: LossCaseOptions) => tf.Scalar,
): void {
  const { logits, cases } = readFixture<{ logits: number[][]; cases: LossCase[] }>('losses', `${fixture}.json`);

  test.each(cases.map((one) => [describeOptions(one), one] as const))('is that of PyTorch with %s', (_name, one) => {
    const options: LossCaseOptions = {
      ignoreIndex: one.ignore_index,
      classWeights: one.class_weights,
      labelSmoothing: one.label_smoothing,
      rowWeights: one.row_weights && tf.tensor1d(one.row_weights),
    };
    const x = tf.tensor2d(logits);
    const run = () => tf.valueAndGrad((input) => lossOf(input as tf.Tensor2D, one.labels, options))(x);
    const { value, grad } = run();
    expect(value).toBeCloseToTensor(one.loss);
    expect(grad).toBeCloseToTensor(one.gradient);
    expect(() => tf.tidy(() => run())).toCreateTensors(2);
  });
}

function describeOptions({ labels, loss, gradient, ...options }: LossCase): string {
  return JSON.stringify(options);
}
