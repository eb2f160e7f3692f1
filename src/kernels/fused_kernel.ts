import * as tf from '@tensorflow/tfjs';

/**
 * The kernels that this package adds to tfjs' wasm backend: operations of `src/ops/` and their gradients in one pass over
 * memory. Each gives the tensors named in its comment.
 */
export interface FusedKernels {
  /** `[y, normalized, inverseDeviation]`, the last one `[..., 1]`. */
  readonly DebertaNorm: Fused<'x' | 'gamma' | 'beta', { readonly epsilon: number }>;
  /** `[dx, dGamma, dBeta]`. */
  readonly DebertaNormGradient: Fused<'dy' | 'normalized' | 'inverseDeviation' | 'gamma'>;
  /** `[y]`. */
  readonly DebertaGelu: Fused<'x'>;
  /** `[dx]`. */
  readonly DebertaGeluGradient: Fused<'x' | 'dy'>;
  /** `[probabilities]`; a float mask that is broadcast, but for its last axis. */
  readonly DebertaSoftmax: Fused<'scores' | 'mask'>;
  /** `[dScores]`. */
  readonly DebertaSoftmaxGradient: Fused<'dy' | 'probabilities'>;
  /** `[y]`. */
  readonly DebertaDropout: Fused<'x', DropoutNumbers>;
  /** `[scores]`: for content `[h, B, S, d]` and positions `[h, d, 2S]`. */
  readonly DebertaRelativeScores: Fused<'content' | 'positions', { readonly isTransposed: boolean }>;
  /** `[dContent, dPositions]`. */
  readonly DebertaRelativeGradients: Fused<'dy' | 'content' | 'positions', { readonly isTransposed: boolean }>;
  /** `[weight, m, v]`, new ones. */
  readonly DebertaAdam: Fused<'weight' | 'm' | 'v' | 'gradient', AdamNumbers>;
  /** `[sum]`, a scalar. */
  readonly DebertaSumOfSquares: Fused<'x'>;
}

interface Fused<Input extends string, Attributes = Record<string, never>> {
  readonly inputs: Readonly<Record<Input, tf.Tensor>>;
  readonly attributes: Attributes;
}

/** A generator of random numbers, and which of them drop a value. */
export interface DropoutNumbers {
  /** The two words of the key and the upper two of the counter, see `philoxState`. */
  readonly state: readonly [key0: number, key1: number, counter2: number, counter3: number];
  /** Probability of a value becoming 0, above 0 and below 1. */
  readonly rate: number;
  /** What the others are multiplied by. */
  readonly kept: number;
}

/** Numbers of a step of Adam, see `AdamUpdate`. */
export interface AdamNumbers {
  /** What a weight is multiplied by first. */
  readonly keep: number;
  readonly stepSize: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** Runs a kernel. */
export type RunFused<Name extends keyof FusedKernels> = (
  inputs: FusedKernels[Name]['inputs'],
  ...attributes: Record<string, never> extends FusedKernels[Name]['attributes']
    ? []
    : [FusedKernels[Name]['attributes']]
) => tf.Tensor[];

/**
 * A kernel of this package's own, where the backend in use has it. Its results have no gradient: where tfjs records one
 * of plain operations, for a gradient of a gradient, there is no such kernel either.
 *
 * @example
 * const [y] = fusedKernel('DebertaGelu')?.({ x }) ?? [plainGelu(x)];
 */
export function fusedKernel<Name extends keyof FusedKernels>(name: Name): RunFused<Name> | undefined {
  const { gradientDepth, kernelDepth } = tf.engine().state;
  if (gradientDepth > 0 && kernelDepth === 0) return undefined;
  if (!isRegistered(name, tf.getBackend())) return undefined;
  return (inputs, ...[attributes]) =>
    tf
      .engine()
      .runKernel(
        name,
        inputs as unknown as tf.NamedTensorMap,
        (attributes ?? {}) as unknown as tf.NamedAttrMap,
      ) as tf.Tensor[];
}

/** Whether a backend, by default the one in use, has the kernels of this package, those for plain products among them. */
export function hasFusedKernels(backend: string = tf.getBackend()): boolean {
  return isRegistered('DebertaNorm', backend);
}

function isRegistered(name: keyof FusedKernels, backend: string): boolean {
  return tf.getKernel(name, backend) !== undefined;
}
