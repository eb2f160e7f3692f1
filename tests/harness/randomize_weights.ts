import * as tf from '@tensorflow/tfjs';
import { randomTensor } from './random_tensor';

/** Gives every weight of a layer or model random numbers, biases and layer normalizations included. */
export function randomizeWeights(layer: tf.layers.Layer, seed = 1): void {
  tf.tidy(() => {
    layer.setWeights(layer.weights.map((weight, index) => randomTensor(weight.shape as number[], seed + index)));
  });
}
