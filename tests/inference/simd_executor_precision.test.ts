import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { SimdExecutor } from '../../src/inference/simd_executor';
import type { Precision } from '../../src/kernels/kernel_plan';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { useBackend } from '../../src/runtime/use_backend';
import { MODEL_FIXTURES } from '../models/cases';
import { inputsOf, lowered } from './executor_cases';

const SPAM = join(__dirname, '..', '..', 'examples', 'checkpoints', 'spam');

/** A text with what the reference gives for it. */
interface Expected {
  readonly input_ids: number[];
  readonly probabilities: number[];
}

interface Bounds {
  /** Of the changes of states, in units of the states' standard deviation. */
  readonly rootMeanSquare: number;
  readonly largest: number;
  /** Of a probability. */
  readonly probability: number;
}

/**
 * A weight in float16 is off by 2^-11 of itself at most, and by some 1.6e-4 in the mean, and so is a product.
 *
 * A number in int8 is off by half a step at most, by 0.29 steps in the mean, where a step is 1/127 of the largest number
 * of its row or column, some two standard deviations: 4.6e-3 of one. Both sides of a product are, which makes 6.4e-3.
 *
 * Two layers add four such errors to a state, each to a sum that is normalized behind it, which makes up to twice as
 * much. The largest of some hundred changes is four to five times their mean.
 */
const BOUNDS: ReadonlyArray<readonly [Precision, Bounds]> = [
  ['float16', { rootMeanSquare: 3.2e-4, largest: 1.6e-3, probability: 1e-5 }],
  ['int8', { rootMeanSquare: 1.3e-2, largest: 6.4e-2, probability: 1e-3 }],
];

/** Square root of the mean of squares. */
function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
}

beforeAll(() => useBackend('wasm'));

describe.each(BOUNDS)('SimdExecutor in %s', (precision, bounds) => {
  describe('changes states but little', () => {
    test.each(MODEL_FIXTURES.map((fixture) => [fixture.case, fixture] as const))('%s', (_case, { config, inputs }) => {
      const { program, weights, model } = lowered(config, 'model');
      const { input_ids: ids, attention_mask: mask, token_type_ids: types } = inputs as Record<string, number[][]>;
      const [whole, rounded] = (['float32', precision] as const).map((kept) => {
        const executor = new SimdExecutor(program, weights, { precision: kept, threads: 1 });
        const given = inputsOf({ ids: ids!, mask: mask!, ...(types === undefined ? {} : { types }) });
        const values = executor.run(given)[0]!.dataSync<'float32'>();
        executor.dispose();
        return values;
      });
      const mean = whole!.reduce((sum, x) => sum + x, 0) / whole!.length;
      const deviation = rootMeanSquare(Array.from(whole!, (x) => x - mean));
      const changes = Array.from(whole!, (x, index) => Math.abs(x - rounded![index]!) / deviation);
      expect(rootMeanSquare(changes)).toBeLessThan(bounds.rootMeanSquare);
      expect(Math.max(...changes)).toBeLessThan(bounds.largest);
      expect(Math.max(...changes)).toBeGreaterThan(0);
      model.dispose();
    });
  });

  test('the spam checkpoint gives the labels of the reference, and nearly its probabilities', async () => {
    const texts: Expected[] = JSON.parse(readFileSync(join(SPAM, 'expected.json'), 'utf8'));
    const model = await TFDebertaV2ForSequenceClassification.fromPretrained(SPAM, { inferencePrecision: precision });
    const changes = texts.map(({ input_ids, probabilities }) => {
      const received = tf.tidy(() => {
        const logits = model.predict({ input_ids: tf.tensor2d([input_ids], undefined, 'int32') }) as tf.Tensor2D;
        return [...tf.softmax(logits).dataSync()];
      });
      expect(received.indexOf(Math.max(...received))).toBe(probabilities.indexOf(Math.max(...probabilities)));
      return Math.max(...received.map((probability, label) => Math.abs(probability - probabilities[label]!)));
    });
    expect(Math.max(...changes)).toBeLessThan(bounds.probability);
    model.dispose();
  });
});
