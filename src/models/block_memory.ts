import type { ActivationName } from '../config/config_schema';
import type { DebertaV2Config } from '../config/deberta_v2_config';

/** Bytes of the tensors that a block computes with. */
export interface BlockTensors {
  /** `[B, S, H]`. */
  readonly states: number;
  /** `[B, S, I]`. */
  readonly wide: number;
  /** `[h, B, S, S]`. */
  readonly scores: number;
  /** The rows of the relative table for `2S` distances, `[2S, H]`. */
  readonly rows: number;
  /** The relative table, `[2 · span, H]`; 0 where nothing reads it. */
  readonly table: number;
  /** A square kernel, `[H, H]`. */
  readonly kernel: number;
}

/** What a block holds, in bytes, in the moments of a training step that can be its peak. */
export interface BlockMemory {
  /** What its gradient needs, from the forward pass on. */
  readonly kept: number;
  /** What of its gradients tfjs holds until the backward pass is over, the weights' own left out. */
  readonly gradients: number;
  /** The most while its gradient is computed. */
  readonly working: number;
}

/**
 * Tensors `[B, S, I]` that the feed-forward block leaves until the backward pass is over: few where the activation has a
 * gradient of its own, and what tfjs keeps for each operation elsewhere.
 */
const WIDE_TENSORS: Readonly<Record<ActivationName, number>> = {
  gelu: 2,
  gelu_10: 4,
  gelu_fast: 23,
  gelu_new: 23,
  mish: 9,
  quick_gelu: 9,
  relu: 3,
  sigmoid: 3,
  silu: 7,
  swish: 7,
  tanh: 3,
};

/** Tensors `[B, S, I]` while the gradient of the activation is computed. */
const WIDE_TENSORS_AT_ONCE = { plain: 7, fused: 4 } as const;

/** Tensors of scores while the gradient of scores by distance is computed. */
const SHIFTED_SCORES = { plain: 8, fused: 1 } as const;

/** See {@link BlockTensors}. */
export function blockTensors(config: DebertaV2Config, batch: number, length: number): BlockTensors {
  const { hiddenSize, intermediateSize, numAttentionHeads, span } = config;
  const float = 4;
  return {
    states: float * batch * length * hiddenSize,
    wide: float * batch * length * intermediateSize,
    scores: float * numAttentionHeads * batch * length * length,
    rows: float * 2 * length * hiddenSize,
    table: relativeTerms(config).length > 0 ? float * 2 * span * hiddenSize : 0,
    kernel: float * hiddenSize * hiddenSize,
  };
}

/** The relative terms of the attention that are in force. */
export function relativeTerms({ relativeAttention, posAttType }: DebertaV2Config): readonly string[] {
  return relativeAttention ? [...new Set(posAttType)] : [];
}

/**
 * What a block holds while it trains, from the number of tensors that its operations keep.
 *
 * Kept are the inputs of products (query, key, value projections, scores, context, both relative terms, output, both
 * halves of the feed-forward block), probabilities, dropout masks, normalized states and the input of the activation.
 * tfjs holds one gradient for each operation's input until the end.
 *
 * @param isFused whether this package's kernels compute it, which keep no dropout masks.
 */
export function blockMemory(config: DebertaV2Config, batch: number, length: number, isFused: boolean): BlockMemory {
  const kind = isFused ? 'fused' : 'plain';
  const { states, wide, scores, rows, table, kernel } = blockTensors(config, batch, length);
  const terms = relativeTerms(config);
  const count = terms.length;
  const [toPosition, toContent] = ['c2p', 'p2c'].map((term) => Number(terms.includes(term))) as [number, number];
  const drops = Number(config.hiddenDropoutProb > 0);
  const masks = isFused ? 0 : drops;
  const scoreMasks = Number(!isFused && config.attentionProbsDropoutProb > 0);
  // Of rows and table, the smaller is projected.
  const projectsRows = length < config.span;

  const keptRelative = projectsRows ? 2 * count * rows + masks * table : count * rows + (masks + count) * table;
  const keptStates = 10 + count + 2 * masks;
  const keptScores = 2 + scoreMasks;
  const wideTensors = WIDE_TENSORS[config.hiddenAct];
  const kept = keptStates * states + keptScores * scores + (1 + wideTensors / 2) * wide + keptRelative;

  const sums = count > 0 ? count + 1 : 0;
  const gradientsOfTable = projectsRows
    ? (4 * toPosition + 5 * toContent) * rows + drops * (count + 1) * table
    : (3 * toPosition + 4 * toContent) * rows + (drops + 2 * count) * table;
  const gradients =
    (24 + count + 2 * drops) * states +
    (keptScores + sums) * scores +
    wideTensors * wide +
    gradientsOfTable +
    // A shared projection has a gradient from each of its uses beside their sum.
    (config.shareAttKey ? count : 0) * kernel;

  const throughActivation =
    (keptStates + 3) * states +
    keptScores * scores +
    Math.max(wideTensors, WIDE_TENSORS_AT_ONCE[kind]) * wide +
    keptRelative;
  // A gradient on its way from scores by position to scores by distance, which are twice as many.
  const throughTerms =
    (20 + count + 2 * drops) * states +
    (keptScores + sums + toContent + SHIFTED_SCORES[kind]) * scores +
    wideTensors * wide +
    keptRelative +
    2 * rows;
  return { kept, gradients, working: Math.max(gradients, throughActivation, count > 0 ? throughTerms : 0) };
}
