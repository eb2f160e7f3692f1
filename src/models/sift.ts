import * as tf from '@tensorflow/tfjs';
import type { EmbeddingsHook } from '../layers/embeddings_hook';
import { gradientApart } from '../ops/gradient_apart';
import { layerNorm } from '../ops/layer_norm';
import type { RandomStream } from '../ops/random_stream';
import { statelessNormal } from '../ops/stateless_normal';
import { weightedMean } from '../ops/weighted_mean';
import { withoutGradient } from '../ops/without_gradient';
import type { resolveSiftOptions } from './sift_options';

/** Epsilon of the normalization in front of the perturbation, whatever the configuration says of the others. */
const EPSILON = 1e-7;
/** Added to the largest component of a gradient, so that a token without one stays where it is. */
const SMALLEST = 1e-6;

/** How far the rows of an output are from those of another, and how much each row counts. */
export interface RowDivergences {
  /** `[N]`. */
  readonly rows: tf.Tensor1D;
  /** `[N]`. */
  readonly weights: tf.Tensor1D;
}

/** What {@link siftPasses} has to know of a model and a batch. */
export interface SiftContext {
  /** One training pass over the batch, which gives the output of the Keras graph. */
  readonly forward: (hook: EmbeddingsHook) => tf.Tensor;
  /** Compares the output of a perturbed pass with the clean one. */
  readonly compare: (perturbed: tf.Tensor, clean: tf.Tensor) => RowDivergences;
  /** Where the perturbation and dropout masks get their seeds. */
  readonly seeds: RandomStream;
  readonly options: ReturnType<typeof resolveSiftOptions>;
}

/**
 * The passes of a training step with SiFT (scale-invariant fine-tuning), in place of the one of a step without.
 *
 * Mirrors `DeBERTa/sift/sift.py` of microsoft/DeBERTa. In front of the embeddings' layer normalization stands one without
 * scale and shift. The clean pass goes through both. To what comes out of the first, noise is added, normal and cut off at
 * two standard deviations; a second pass gives the gradient of the divergences (their sum) by that noise, the clean output
 * fixed; the noise takes one step along it, for each token as long as its largest component allows. What then
 * goes into the second normalization is fixed: the third pass trains the layers behind it, not the embeddings in front.
 * Both outputs, clean and perturbed, are trained towards each other. Each pass draws its own dropout masks.
 *
 * @returns the clean output, and what the loss of the task gets on top: `lambda` times the mean divergence of the
 *   perturbed output, differentiable.
 */
export function siftPasses({ forward, compare, seeds, options }: SiftContext): {
  readonly output: tf.Tensor;
  readonly penalty: tf.Scalar;
} {
  let normalized: tf.Tensor | undefined;
  try {
    const output = forward({
      replace: (sum) => {
        // It outlives the pass, which cleans up behind itself.
        normalized = tf.keep(withoutScale(sum()));
        return normalized;
      },
      isDifferentiated: false,
    });
    const clean = normalized!;
    const start = withoutGradient(() =>
      tf.add(clean, drawnNoise(clean.shape, seeds.nextInteger(), options.perturbation)),
    );
    const slope = gradientApart((input) => {
      const perturbed = forward({ replace: () => input, isDifferentiated: true });
      const { rows, weights } = compare(perturbed, output);
      return tf.sum(tf.mul(rows, weights)) as tf.Scalar;
    }, start);
    const adversarial = withoutGradient(() => tf.add(start, steepestStep(slope, options.stepSize)));
    const perturbed = forward({ replace: () => adversarial, isDifferentiated: false });
    const { rows, weights } = compare(perturbed, output);
    return { output, penalty: tf.mul(weightedMean(rows, weights), options.lambda) };
  } finally {
    normalized?.dispose();
  }
}

function withoutScale(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const size = x.shape.at(-1)!;
    return layerNorm(x, tf.ones([size]) as tf.Tensor1D, tf.zeros([size]) as tf.Tensor1D, EPSILON);
  });
}

function drawnNoise(shape: readonly number[], seed: number, deviation: number): tf.Tensor {
  return tf.clipByValue(tf.mul(statelessNormal(shape, seed), deviation), -2 * deviation, 2 * deviation);
}

/** Along the gradient of each token, `length` at its largest component; nowhere if any gradient is not finite. */
function steepestStep(gradient: tf.Tensor, length: number): tf.Tensor {
  const size = tf.abs(gradient);
  const step = tf.div(tf.mul(gradient, length), tf.add(tf.max(size, -1, true), SMALLEST));
  return tf.where(tf.isFinite(tf.sum(size)), step, tf.zerosLike(step));
}
