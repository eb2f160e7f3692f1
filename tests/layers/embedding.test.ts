import * as tf from '@tensorflow/tfjs';
import { Embedding } from '../../src/layers/embedding';
import { RandomStream } from '../../src/ops/random_stream';
import { eachBackend, runLayerTest } from '../harness';

const OPTIONS = { inputDim: 5, outputDim: 3, weightName: 'weight', initializerRange: 0.02 } as const;

function built(): Embedding {
  const layer = new Embedding({ ...OPTIONS, name: 'words', seeds: new RandomStream(1) });
  layer.build();
  return layer;
}

eachBackend('Embedding', () => {
  describe.each([
    ['a table named weight, ids of one sequence', 'weight', [4], [4, 3]],
    ['a table named embeddings, ids of a batch', 'embeddings', [2, 4], [2, 4, 3]],
  ] as const)('%s', (_name, weightName, idsShape, outputShape) => {
    runLayerTest({
      layer: (args) => new Embedding(args),
      options: { ...OPTIONS, weightName },
      inputs: () => [tf.fill([...idsShape], 3, 'int32')],
      outputShape,
      weights: { [weightName]: [5, 3] },
    });
  });

  test.each(['int32', 'float32'] as const)('%s ids pick rows of the table', (dtype) => {
    const layer = built();
    const rows = layer.table.arraySync();
    expect(layer.forward(tf.tensor1d([4, 0, 4], dtype))).toBeCloseToTensor([rows[4]!, rows[0]!, rows[4]!], 0);
  });

  test.each([
    ['grows', 8],
    ['shrinks', 2],
  ])('the table %s; rows that stay keep their values', (_name, rows) => {
    const layer = built();
    const before = layer.table.arraySync();
    layer.resize(rows);
    const after = layer.table.arraySync();
    const kept = Math.min(rows, 5);
    expect(layer.table.shape).toEqual([rows, 3]);
    expect(after.slice(0, kept)).toEqual(before.slice(0, kept));
    expect(layer.getConfig().inputDim).toBe(rows);
    expect(layer.weights.map(({ originalName }) => originalName)).toEqual(['words/weight']);
  });

  test('new rows are drawn as the first ones were', () => {
    const layer = built();
    layer.resize(1005);
    const added = tf.slice(layer.table, [5, 0], [1000, 3]);
    expect(tf.sqrt(tf.moments(added).variance)).toBeCloseToTensor(0.0176, 0.001);
    expect(tf.max(tf.abs(added)).dataSync()[0]).toBeLessThanOrEqual(0.04);
  });

  test('resizing leaves no tensor behind', () => {
    const layer = built();
    const before = tf.memory();
    layer.resize(9);
    layer.resize(5);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  });
});
