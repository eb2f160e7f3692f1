import type * as tf from '@tensorflow/tfjs';
import { withGradient } from './custom_gradient';

/**
 * Runs a computation that no gradient flows through, and of which nothing is kept for one.
 *
 * Elsewhere tfjs keeps what every operation's gradient may need, also where the gradient is never asked for.
 */
export function withoutGradient<Output extends tf.Tensor>(compute: () => Output): Output {
  return withGradient<Output>(
    [],
    () => ({ value: compute(), saved: [] }),
    () => [],
  );
}
