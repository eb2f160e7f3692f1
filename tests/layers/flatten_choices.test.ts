import * as tf from '@tensorflow/tfjs';
import { FlattenChoices } from '../../src/layers/flatten_choices';
import { eachBackend, randomTensor, runLayerTest } from '../harness';

eachBackend('FlattenChoices', () => {
  describe.each([
    ['ids', [2, 3, 4], [6, 4]],
    ['embedded ids', [2, 3, 4, 5], [6, 4, 5]],
  ])('of %s', (_name, shape, outputShape) => {
    runLayerTest({
      layer: (args) => new FlattenChoices(args),
      options: {},
      inputs: () => [randomTensor(shape)],
      outputShape,
    });
  });

  test('the choices of the first text come before those of the second', () => {
    const ids = tf.tensor3d([
      [[1], [2]],
      [[3], [4]],
    ]);
    expect(new FlattenChoices({}).forward(ids)).toBeCloseToTensor([[1], [2], [3], [4]], 0);
  });
});
