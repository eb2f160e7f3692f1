import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { blockTensors, relativeTerms } from './block_memory';
import type { MemoryOptions } from './memory_options';

/** Tensors of scores while scores by distance, which are twice as many, are skewed. */
const SKEWED_SCORES = { plain: 10, fused: 2 } as const;

/**
 * Bytes that `predict` takes at its peak beside the weights where it runs operation by operation: the projected tables of
 * all blocks, which are kept from call to call, and the most of what one block's attention, its feed-forward half, or a
 * masked-LM head holds.
 *
 * @param isFused whether this package's kernels for training compute the blocks, false by default.
 */
export function predictMemory(
  config: DebertaV2Config,
  architecture: Architecture,
  { batch, length }: MemoryOptions,
  isFused = false,
): number {
  const { states, wide, scores, rows, table } = blockTensors(config, batch, length);
  const terms = relativeTerms(config).length;
  const tables = terms * table * config.numHiddenLayers;
  const skewed = SKEWED_SCORES[isFused ? 'fused' : 'plain'];
  const throughTerms = 10 * states + (1 + 2 * terms + skewed) * scores + 2 * terms * rows;
  const attention = terms > 0 ? throughTerms : 15 * states + 3 * scores;
  const feedForward = 4 * states + 6 * wide;
  const isMaskedLM = architecture === 'TFDebertaV2ForMaskedLM';
  const head = isMaskedLM ? 3 * states + 4 * (4 * batch * length * config.vocabSize) : 0;
  return tables + Math.max(attention, feedForward, head);
}
