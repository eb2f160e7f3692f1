import * as tf from '@tensorflow/tfjs';
import { batchToTensors } from '../../src/data/batch_tensors';
import { TFDebertaV2ForQuestionAnswering } from '../../src/models/question_answering';
import { useBackend } from '../../src/runtime/use_backend';
import { KerasMetricCallback, type MetricBatch } from '../../src/training/keras_metric_callback';
import { tinyConfig } from '../layers/tiny_config';
import { toyModel, toyOptimizer, toyStream } from './toy_run';

beforeAll(() => useBackend('cpu'));

const toyDataset = () =>
  tf.data.generator(async function* () {
    for await (const batch of toyStream({ batches: 2 }).batches(0)) yield batchToTensors(batch);
  } as unknown as () => Iterator<tf.TensorContainer>) as unknown as tf.data.Dataset<MetricBatch & tf.TensorContainer>;

describe('KerasMetricCallback', () => {
  test('gives predictions and labels by example, and the history has what is made of them', async () => {
    const model = toyModel(toyOptimizer({ accumulationSteps: 1 }));
    const seen: Array<[predictions: number[][], labels: number[]]> = [];
    const callback = new KerasMetricCallback((predictions: number[][], labels: number[]) => {
      seen.push([predictions, labels]);
      return { examples: predictions.length, epochs: seen.length };
    }, toyDataset());
    const { history } = await model.fitDataset(toyDataset(), { epochs: 2, verbose: 0, callbacks: [callback] });
    expect(history).toMatchObject({ examples: [4, 4], epochs: [1, 2] });
    const [predictions, labels] = seen.at(-1)!;
    const expected: unknown[] = [];
    const given: number[] = [];
    for await (const batch of toyStream({ batches: 2 }).batches(0)) {
      const { xs, ys } = batchToTensors(batch);
      expected.push(...((await (model.predict(xs) as tf.Tensor2D).array()) as number[][]));
      given.push(...(ys.labels!.dataSync() as Int32Array));
    }
    expect(predictions).toEqual(expected);
    expect(labels).toEqual(given);
  });

  test('puts several outputs and labels side by side, and leaves no tensor', async () => {
    const model = new TFDebertaV2ForQuestionAnswering(tinyConfig({ numHiddenLayers: 1, numLabels: 2 }), { seed: 1 });
    model.compile({ optimizer: 'sgd' });
    const shapes: number[][] = [];
    const metric = (predictions: [start: number[], end: number[]][], labels: [start: number, end: number][]) => {
      shapes.push([predictions.length, ...predictions[0]!.map((logits) => logits.length)]);
      return { start: labels[1]![0], end: labels[1]![1] };
    };
    const spans = () =>
      tf.data.array([0]).map(() => ({
        xs: { input_ids: tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], 'int32') },
        ys: { start_positions: tf.tensor1d([0, 1], 'int32'), end_positions: tf.tensor1d([1, 2], 'int32') },
      }));
    const fitOnce = () => {
      const callback = new KerasMetricCallback(metric, spans());
      return model.fitDataset(spans(), { epochs: 1, verbose: 0, callbacks: [callback] });
    };
    await fitOnce();
    const before = tf.memory().numTensors;
    const { history } = await fitOnce();
    expect(tf.memory().numTensors).toBe(before);
    expect(history).toMatchObject({ start: [1], end: [2] });
    expect(shapes.at(-1)).toEqual([2, 3, 3]);
  });

  test('refuses what is no object of values', async () => {
    const callback = new KerasMetricCallback((() => 0.5) as never, toyDataset());
    await expect(() =>
      toyModel().fitDataset(toyDataset(), { epochs: 1, verbose: 0, callbacks: [callback] }),
    ).toThrowDebertaError('usage', /must return an object of numbers by name, received 0\.5/);
  });
});
