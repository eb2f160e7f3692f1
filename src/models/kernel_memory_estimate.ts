import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { elementCount } from '../convert/numbers/element_count';
import { weightSpecs } from '../convert/weight_names';
import { reachFor } from '../inference/packed_positions';
import { MOST_QUERIES } from '../inference/plan_program';
import { packedTokens } from '../inference/simd_executor';
import { kernelThreads } from '../kernels/kernel_threads';
import { relativeTerms } from './block_memory';
import type { MemoryOptions } from './memory_options';

/**
 * Bytes that `predict` takes beside the weights on the backend wasm, by the SIMD kernels: a packed copy of the weights
 * but for the vocabulary, the relative tables, projected and by distance, the values of a block, and what each thread
 * works with.
 */
export function kernelMemoryEstimate(
  config: DebertaV2Config,
  architecture: Architecture,
  { batch, length }: MemoryOptions,
): number {
  const { hiddenSize, intermediateSize, numHiddenLayers, span, vocabSize, attentionHeadSize } = config;
  const isMaskedLM = architecture === 'TFDebertaV2ForMaskedLM';
  const packed = weightSpecs(config, architecture)
    .filter(({ tfName }) => isMaskedLM || !tfName.endsWith('/word_embeddings/weight'))
    .reduce((numbers, { shape }) => numbers + elementCount(shape), 0);
  const terms = relativeTerms(config).length;
  const distances = 2 * reachFor(length);
  const tables = terms * numHiddenLayers * hiddenSize * (2 * span + distances);
  const rows = packedTokens(batch, length);
  // Queries, keys and values, what goes in, and what attention gives.
  const values = rows * (5 * hiddenSize + intermediateSize + (isMaskedLM ? vocabSize : 0));
  const ofThread = length * (2 * attentionHeadSize + 32 + Math.min(length, MOST_QUERIES) + 23);
  return 4 * (packed + tables + values + kernelThreads.count * ofThread);
}
