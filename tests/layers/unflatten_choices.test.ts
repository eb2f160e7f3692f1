import * as tf from '@tensorflow/tfjs';
import { UnflattenChoices } from '../../src/layers/unflatten_choices';
import { eachBackend, randomTensor, runLayerTest } from '../harness';

eachBackend('UnflattenChoices', () => {
  runLayerTest({
    layer: (args) => new UnflattenChoices(args),
    options: {},
    inputs: () => [randomTensor([6, 1]), tf.zeros([2, 3, 4], 'int32')],
    outputShape: [2, 3],
  });

  test('the scores of the first text come in its first row', () => {
    const scores = tf.tensor2d([[1], [2], [3], [4]]);
    expect(new UnflattenChoices({}).forward(scores, 2)).toBeCloseToTensor(
      [
        [1, 2],
        [3, 4],
      ],
      0,
    );
  });
});
