import * as tf from '@tensorflow/tfjs';
import { gelu } from './gelu';

/** An elementwise function of a tensor. */
export type Activation = (x: tf.Tensor) => tf.Tensor;

/** `x · Φ(x)` by the tanh approximation of Hendrycks and Gimpel. */
function geluTanh(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const inner = tf.mul(tf.mul(x, Math.sqrt(2 / Math.PI)), tf.add(tf.mul(tf.square(x), 0.044715), 1));
    return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
  });
}

function silu(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.mul(x, tf.sigmoid(x)));
}

/**
 * The activations a configuration may name, by Hugging Face's names for them.
 *
 * `gelu_fast` and `gelu_new` are two spellings of one formula. Mirrors `activations_tf.py` of transformers.
 */
export const activations = {
  gelu,
  gelu_10: (x) => tf.tidy(() => tf.clipByValue(gelu(x), -10, 10)),
  gelu_fast: geluTanh,
  gelu_new: geluTanh,
  mish: (x) => tf.tidy(() => tf.mul(x, tf.tanh(tf.softplus(x)))),
  quick_gelu: (x) => tf.tidy(() => tf.mul(x, tf.sigmoid(tf.mul(x, 1.702)))),
  relu: (x) => tf.relu(x),
  sigmoid: (x) => tf.sigmoid(x),
  silu,
  swish: silu,
  tanh: (x) => tf.tanh(x),
} satisfies Record<string, Activation>;
