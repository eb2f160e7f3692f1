import * as tf from '@tensorflow/tfjs';

/**
 * Runs something without the notices and stack traces that tfjs prints when a backend is tried.
 *
 * tfjs' production mode is the one switch it has for them.
 */
export async function quietly<T>(act: () => Promise<T>): Promise<T> {
  const environment = tf.env();
  const before = environment.getBool('PROD');
  environment.set('PROD', true);
  try {
    return await act();
  } finally {
    environment.set('PROD', before);
  }
}
