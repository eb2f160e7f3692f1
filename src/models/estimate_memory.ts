import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { hasMaskDecoder } from '../config/masked_lm_head_name';
import { elementCount } from '../convert/numbers/element_count';
import { type WeightSpec, weightSpecs } from '../convert/weight_names';
import { UsageError } from '../errors';
import { SimdExecutor } from '../inference/simd_executor';
import type { FreezeOptions } from './freeze';
import { kernelMemoryEstimate } from './kernel_memory_estimate';
import type { MemoryOptions } from './memory_options';
import { predictMemory } from './predict_memory';
import { stepMemory } from './step_memory';

/** Bytes that a step needs, by what they hold. */
export interface MemoryEstimate {
  readonly weights: number;
  /** One of each weight that is trained. */
  readonly gradients: number;
  /** What the optimizer keeps from step to step. */
  readonly optimizer: number;
  /** What comes and goes within a step, at its peak. */
  readonly activations: number;
  readonly total: number;
}

/** Numbers the optimizer keeps for each weight. */
const SLOTS = { adamw: 2, adam: 2, sgd: 0 } as const;

/**
 * The memory a training step, or `predict`, takes at its peak, from the configuration alone.
 *
 * Counted are the tensors that the layers and their gradients hold, as `tf.memory().numBytes` counts them, within 15 %;
 * for `predict` on wasm what the SIMD kernels hold in float32.
 * Tensors that share a buffer count each, so a backend may need less; so does a step compiled by TensorFlow. What else
 * the process holds is not in it.
 *
 * @throws {UsageError} for a batch or length that is no positive integer.
 *
 * @example
 * estimateMemory(config, { batch: 8, length: 512, gradientCheckpointing: true }).total / 1e9; // GB
 */
export function estimateMemory(config: DebertaV2Config, options: MemoryOptions): MemoryEstimate {
  requireSizes(options);
  const { architecture = 'TFDebertaV2ForSequenceClassification', training = true, accumulation = 1 } = options;
  const specs = weightSpecs(config, architecture);
  const weights = bytesOf(specs);
  if (!training) {
    const backend = options.backend ?? tf.getBackend();
    const estimate = backend === 'wasm' && SimdExecutor.isSupported ? kernelMemoryEstimate : predictMemory;
    const activations = estimate(config, architecture, options);
    return { weights, gradients: 0, optimizer: 0, activations, total: weights + activations };
  }
  const trained = specs.filter((spec) => !isFrozen(spec, options.frozen ?? {}));
  const gradients = bytesOf(trained);
  const optimizer = (SLOTS[options.optimizer ?? 'adamw'] + (accumulation > 1 ? 1 : 0)) * gradients;
  // The decoder leaves one run of the last block out, and runs it twice.
  const decodes = hasMaskDecoder(architecture, config);
  const computed = decodes ? config.with({ numHiddenLayers: config.numHiddenLayers + 1 }) : config;
  const activations = stepMemory(computed, architecture, options, trained);
  return { weights, gradients, optimizer, activations, total: weights + gradients + optimizer + activations };
}

function bytesOf(specs: readonly WeightSpec[]): number {
  return specs.reduce((bytes, { shape }) => bytes + 4 * elementCount(shape), 0);
}

/** Whether `freeze` would freeze the weight. */
function isFrozen({ tfName }: WeightSpec, frozen: FreezeOptions): boolean {
  const { embeddings = false, layers = 0, relativeEmbeddings = layers > 0 } = frozen;
  if (tfName.includes('deberta/embeddings/')) return embeddings;
  const [, block] = /\/encoder\/layer_\._(\d+)\//.exec(tfName) ?? [];
  if (block !== undefined) return Number(block) < layers;
  if (tfName.includes('/encoder/conv/')) return layers > 0;
  return tfName.includes('/encoder/') && relativeEmbeddings;
}

function requireSizes({ batch, length, accumulation = 1 }: MemoryOptions): void {
  for (const [name, value] of Object.entries({ batch, length, accumulation })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new UsageError(`A memory estimate needs a ${name} of at least 1, received ${value}; give a whole number.`, {
        path: name,
        received: value,
      });
    }
  }
}
