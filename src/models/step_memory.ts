import * as tf from '@tensorflow/tfjs';
import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { elementCount } from '../convert/numbers/element_count';
import type { WeightSpec } from '../convert/weight_names';
import { hasFusedKernels } from '../kernels/fused_kernel';
import { blockMemory, blockTensors } from './block_memory';
import type { MemoryOptions } from './memory_options';
import { predictMemory } from './predict_memory';

/** Tensors that an optimizer makes to change a weight: of one weight after the other, or of all of them. */
const UPDATES = {
  adamw: { ofLargest: 6, ofAll: 0 },
  adamwFused: { ofLargest: 4, ofAll: 0 },
  adamwInPlace: { ofLargest: 1, ofAll: 0 },
  adam: { ofLargest: 0, ofAll: 15 },
  sgd: { ofLargest: 2, ofAll: 0 },
} as const;

/** Sums of gradients before and after a batch is added to them. */
const ACCUMULATING = 3;

/**
 * Bytes that a training step takes at its peak beside weights, their gradients and the optimizer's state.
 *
 * The peak is one of these moments: where a frozen block is computed, where the head's gradient begins, where the last block's gradient is computed, where
 * that of the embeddings is, and where the largest weight is changed.
 *
 * @param trained the weights that are not frozen.
 */
export function stepMemory(
  config: DebertaV2Config,
  architecture: Architecture,
  options: MemoryOptions,
  trained: readonly WeightSpec[],
): number {
  const { batch, length, gradientCheckpointing = false, optimizer = 'adamw', accumulation = 1 } = options;
  const { states, table } = blockTensors(config, batch, length);
  const backend = options.backend ?? tf.getBackend();
  const isFused = hasFusedKernels(backend);
  const block = blockMemory(config, batch, length, isFused);
  const conv = convMemory(config, states);
  const head = headMemory(config, architecture, options);
  const blocks = trainedBlocks(config, options);
  const around = 4 * states;

  // A recomputed block keeps its input and the normalized table, and gives gradients for them.
  const kept = gradientCheckpointing ? states + table : block.kept;
  const passed = gradientCheckpointing ? states + table : block.gradients;
  const working = block.working + conv.working + (gradientCheckpointing ? 2 * states + table : 0);
  const done = gradientCheckpointing ? 0 : conv.working;
  const keptOfConv = gradientCheckpointing ? 0 : conv.kept;

  /** The peak of a pass and its gradient, which goes through the last blocks. */
  const passPeak = (count: number) =>
    Math.max(
      around + head.working + count * kept + keptOfConv,
      around + head.kept + Math.max(count - 1, 0) * passed + (count === 0 ? 0 : working),
      around + head.kept + count * passed + done + 9 * states + head.atEmbeddings,
    );
  // With SiFT what the clean pass keeps is there during the others, of which one has a gradient through every block; and
  // what tfjs holds of the perturbed pass is there while the gradient goes through the clean one.
  const clean = around + head.kept + blocks * kept + keptOfConv;
  const ofPerturbed = around + head.kept + blocks * passed + done;
  const peak = options.sift
    ? Math.max(clean + passPeak(blocks), clean + passPeak(config.numHiddenLayers), ofPerturbed + passPeak(blocks))
    : passPeak(blocks);

  const sizes = trained.map(({ shape }) => 4 * elementCount(shape));
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const adamw = backend === 'tensorflow' ? 'adamwInPlace' : isFused ? 'adamwFused' : 'adamw';
  const { ofLargest, ofAll } = UPDATES[optimizer === 'adamw' ? adamw : optimizer];
  return Math.max(
    peak,
    // Blocks that no gradient passes run as they do when predicting, with dropout.
    blocks < config.numHiddenLayers ? predictMemory(config, architecture, options, isFused) + 4 * states : 0,
    ofLargest * Math.max(0, ...sizes) + (ofAll + (accumulation > 1 ? ACCUMULATING : 0)) * all,
  );
}

/** Blocks that a gradient passes. */
function trainedBlocks(config: DebertaV2Config, { frozen = {} }: MemoryOptions): number {
  const { embeddings = false, layers = 0, relativeEmbeddings = layers > 0 } = frozen;
  const passesAll = !embeddings || (config.relativeAttention && !relativeEmbeddings);
  return passesAll ? config.numHiddenLayers : config.numHiddenLayers - layers;
}

/** The convolution beside the first block works on windows of `convKernelSize` states. */
function convMemory({ convKernelSize }: DebertaV2Config, states: number) {
  if (convKernelSize === 0) return { kept: 0, working: 0 };
  return { kept: (13 + 3 * convKernelSize) * states, working: (25 + 6 * convKernelSize) * states };
}

/** A head that scores every token holds several tensors of scores. */
function headMemory(config: DebertaV2Config, architecture: Architecture, { batch, length }: MemoryOptions) {
  const classes = classesOf(config, architecture);
  const float = 4;
  const scores = float * batch * length * classes;
  const isMaskedLM = architecture === 'TFDebertaV2ForMaskedLM';
  const transforms = isMaskedLM || architecture === 'TFDebertaV2ForReplacedTokenDetection';
  const transform = transforms ? 4 * float * batch * length * config.embeddingSize : 0;
  return {
    kept: 3 * scores + transform,
    working: 7 * scores + transform,
    // The table is read twice, so that two gradients and their sum are there for a moment.
    atEmbeddings: isMaskedLM ? 2 * float * config.vocabSize * config.embeddingSize : 0,
  };
}

/** Scores that the head gives each token; 0 where it scores whole texts. */
function classesOf(config: DebertaV2Config, architecture: Architecture): number {
  if (architecture === 'TFDebertaV2ForMaskedLM') return config.vocabSize;
  if (architecture === 'TFDebertaV2ForTokenClassification') return config.numLabels;
  if (architecture === 'TFDebertaV2ForReplacedTokenDetection') return 1;
  return architecture === 'TFDebertaV2ForQuestionAnswering' ? 2 : 0;
}
