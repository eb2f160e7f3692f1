import * as tf from '@tensorflow/tfjs';
import { SpanScores } from '../../src/layers/span_scores';
import { eachBackend, randomTensor, runLayerTest } from '../harness';

eachBackend('SpanScores', () => {
  runLayerTest({
    layer: (args) => new SpanScores(args),
    options: {},
    inputs: () => [randomTensor([2, 4, 2])],
    outputShape: [2, 2, 4],
  });

  test('scores as start come in the first row, scores as end in the second', () => {
    const scores = tf.tensor3d([
      [
        [1, 10],
        [2, 20],
        [3, 30],
      ],
    ]);
    expect(new SpanScores({}).forward(scores)).toBeCloseToTensor(
      [
        [
          [1, 2, 3],
          [10, 20, 30],
        ],
      ],
      0,
    );
  });
});
