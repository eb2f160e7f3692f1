import * as tf from '@tensorflow/tfjs';

/**
 * One-dimensional convolution over a sequence, stride 1, zero padding that keeps the length, with groups.
 *
 * As a product over the kernel's window, since the wasm backend has no gradient for convolution kernels
 * (Conv2DBackpropFilter). Cross-correlation, as in TensorFlow and PyTorch: the kernel is not flipped.
 *
 * @param x `[B, S, C]`.
 * @param kernel `[k, C / groups, N]`, `k` odd; output channel `n` reads the input channels of group `⌊n · groups / N⌋`.
 * @param bias `[N]`.
 * @returns `[B, S, N]`.
 */
export function conv1d(x: tf.Tensor3D, kernel: tf.Tensor3D, bias: tf.Tensor1D, groups = 1): tf.Tensor3D {
  const [batch, length] = x.shape;
  const [kernelSize, channels, filters] = kernel.shape;
  return tf.tidy(() => {
    const margin = (kernelSize - 1) / 2;
    const padded = tf.pad(x, [
      [0, 0],
      [margin, margin],
      [0, 0],
    ]);
    const outputs = Array.from({ length: groups }, (_, group) => {
      const window = Array.from({ length: kernelSize }, (_, offset) =>
        tf.slice(padded, [0, offset, group * channels], [batch, length, channels]),
      );
      const columns = tf.reshape(tf.concat(window, 2), [batch * length, kernelSize * channels]);
      const filtersOfGroup = filters / groups;
      const weights = tf.slice(kernel, [0, 0, group * filtersOfGroup], [kernelSize, channels, filtersOfGroup]);
      return tf.matMul(columns, tf.reshape(weights, [kernelSize * channels, filtersOfGroup])) as tf.Tensor2D;
    });
    return tf.reshape(tf.add(tf.concat(outputs, 1), bias), [batch, length, filters]);
  });
}
