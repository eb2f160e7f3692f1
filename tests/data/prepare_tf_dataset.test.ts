import * as tf from '@tensorflow/tfjs';
import { batchToTensors } from '../../src/data/batch_tensors';
import { featureBatches } from '../../src/data/feature_batches';
import { prepareTFDataset } from '../../src/data/prepare_tf_dataset';
import { streamedBatches } from '../../src/data/streamed_batches';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { useBackend } from '../../src/runtime/use_backend';
import { tinyConfig } from '../layers/tiny_config';
import { collate, counted, featuresOf, type NumberedFeature } from './support';

beforeAll(() => useBackend('wasm'));

const FEATURES = featuresOf([3, 5, 4, 3, 2, 5, 4]);

/** Labels that a model with two knows. */
function collateLabels(features: readonly NumberedFeature[], seed: number) {
  const { ys, ...batch } = collate(features, seed);
  const values = ys.labels!.values.map((number) => number % 2);
  const ids = batch.xs.input_ids!;
  return {
    ...batch,
    xs: { input_ids: { ...ids, values: ids.values.map((id) => Math.max(0, id)) } },
    ys: { labels: { values, shape: [features.length] } },
  };
}

async function sizesOf(dataset: tf.data.Dataset<tf.TensorContainer>): Promise<number[]> {
  const sizes: number[] = [];
  await dataset.forEachAsync((batch) => {
    sizes.push((batch as { xs: tf.NamedTensorMap }).xs.input_ids!.shape[0]!);
    tf.dispose(batch);
  });
  return sizes.sort();
}

test('batchToTensors: integers and floats, by name, owned by the caller', () => {
  const batch = collate(FEATURES.slice(0, 2), 7);
  const { xs, ys } = batchToTensors(batch);
  expect([xs.input_ids!.dtype, xs.input_ids!.shape, ys.labels!.dtype, ys.seed!.dtype]).toEqual([
    'int32',
    [2, 5],
    'int32',
    'float32',
  ]);
  expect(xs.input_ids!).toBeCloseToTensor(
    [
      [0, 0, 0, -1, -1],
      [1, 1, 1, 1, 1],
    ],
    0,
  );
  tf.dispose([xs, ys]);
  expect(() => batchToTensors(batch) as unknown as tf.TensorContainer).toCreateTensors(3);
});

describe('prepareTFDataset', () => {
  test.each([
    [{}, [3, 3]],
    [{ shuffle: false }, [1, 3, 3]],
    [{ dropRemainder: false }, [1, 3, 3]],
    [{ shuffle: false, dropRemainder: true }, [3, 3]],
  ])('with %j has batches of %j', async (options, sizes) => {
    const dataset = prepareTFDataset(FEATURES, collate, { batchSize: 3, ...options });
    expect(dataset.size).toBe(sizes.length);
    expect(await sizesOf(dataset)).toEqual(sizes);
  });

  test('begins the next epoch each time', async () => {
    const stream = featureBatches(FEATURES, collate, { batchSize: 3 });
    const batches = jest.spyOn(stream, 'batches');
    const dataset = prepareTFDataset(stream);
    await sizesOf(dataset);
    await sizesOf(dataset);
    expect(batches.mock.calls).toEqual([[0], [1]]);
  });

  test('closes an epoch that was left when the next begins', async () => {
    const { read, source } = counted(FEATURES);
    const stream = streamedBatches(source, (features) => features, collate, { batchSize: 1, shuffle: false });
    const dataset = prepareTFDataset(stream);
    expect(dataset.size).toBeNull();
    tf.dispose((await (await dataset.iterator()).next()).value);
    expect(read.open).toBe(1);
    tf.dispose((await (await dataset.iterator()).next()).value);
    expect(read).toEqual({ count: 2, passes: 2, open: 1 });
  });

  test('goes into fitDataset and evaluateDataset, and leaves no tensor', async () => {
    const model = new TFDebertaV2ForSequenceClassification(tinyConfig({ numLabels: 2 }));
    model.compile({ optimizer: 'sgd', metrics: ['accuracy'] });
    const train = prepareTFDataset(FEATURES, collateLabels, { batchSize: 3 });
    const held = prepareTFDataset(FEATURES.slice(0, 3), collateLabels, { batchSize: 3, shuffle: false });
    const run = () => model.fitDataset(train, { epochs: 2, validationData: held, verbose: 0 });
    const { history } = await run();
    expect([history.loss, history.val_acc]).toEqual([
      [expect.any(Number), expect.any(Number)],
      [expect.any(Number), expect.any(Number)],
    ]);
    const before = tf.memory().numTensors;
    await run();
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});
