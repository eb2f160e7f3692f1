import Module from 'node:module';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';

/**
 * Has the package multiply by `tf.matMul` as it is, as other programs do; to be called before the package is loaded.
 *
 * Without its own kernels the package goes around what is slow there: it transposes operands, and multiplies the matrices
 * of a batch one by one. No option turns that off, since nobody but this benchmark could want it.
 */
export function multiplyAsTfjsDoes(): void {
  const path = require.resolve(join(__dirname, '..', '..', 'src', 'ops', 'plain_mat_mul'));
  const plainMatMul = (a: tf.Tensor, b: tf.Tensor, transposed: { a?: boolean; b?: boolean } = {}) =>
    tf.matMul(a, b, transposed.a, transposed.b);
  require.cache[path] = Object.assign(new Module(path), { exports: { plainMatMul }, loaded: true });
}
