import * as tf from '@tensorflow/tfjs';
import type { AdamWeightDecay } from '../../src/optimizers/adam_weight_decay';
import { readFixture } from '../models/cases';

/** What PyTorch makes of two weights: after each step, with the norm of the gradient. */
export interface AdamWCase {
  readonly about: string;
  readonly lr: number;
  readonly betas?: [number, number];
  readonly eps?: string;
  readonly weight_decay?: number;
  readonly max_norm?: number;
  readonly steps: ReadonlyArray<{ readonly norm: number; readonly kernel: number[][]; readonly bias: number[] }>;
}

/** The gradients of a step. */
export interface Gradients {
  readonly kernel: number[][];
  readonly bias: number[];
}

/** Two weights, the gradients of three steps, and what PyTorch makes of them. */
export const FIXTURE = readFixture<{ kernel: number[][]; bias: number[]; gradients: Gradients[]; cases: AdamWCase[] }>(
  'adamw.json',
);

/** The weights before the first step. */
export const variables = () => ({
  kernel: tf.variable(tf.tensor2d(FIXTURE.kernel), true, 'layer/kernel'),
  bias: tf.variable(tf.tensor1d(FIXTURE.bias), true, 'layer/bias'),
});
export type Variables = ReturnType<typeof variables>;

/** A step with the gradients of the fixture, times `factor`. */
export function step(optimizer: AdamWeightDecay, index: number, factor = 1): void {
  const { kernel, bias } = FIXTURE.gradients[index]!;
  tf.tidy(() =>
    optimizer.applyGradients({
      'layer/kernel': tf.mul(tf.tensor2d(kernel), factor),
      'layer/bias': tf.mul(bias, factor),
    }),
  );
}

/** The numbers of both. */
export const valuesOf = ({ kernel, bias }: Variables) => [[...kernel.dataSync()], [...bias.dataSync()]];

/** What `getWeights` gives, by names. */
export async function stateOf(optimizer: AdamWeightDecay): Promise<Record<string, number[]>> {
  const weights = await optimizer.getWeights();
  const values = Object.fromEntries(weights.map(({ name, tensor }) => [name, [...tensor.dataSync()]]));
  tf.dispose(weights.map(({ tensor }) => tensor));
  return values;
}
