import { DebertaV2Config, type PreTrainedTokenizer } from '../src/index';

/** How large a model is. */
export interface ModelSize {
  /** Width of the hidden states. */
  readonly hiddenSize: number;
  /** Layers of the encoder. */
  readonly layers: number;
  /** Attention heads; they divide `hiddenSize`. */
  readonly heads: number;
  /** Dropout rate. */
  readonly dropout: number;
}

/**
 * The configuration of a small DeBERTa-v3, to be trained from scratch: all that makes the attention of the published
 * models, at a size that a CPU trains in minutes.
 *
 * @param labelNames names of the classes, for a task that has some.
 *
 * @example
 * const size = { hiddenSize: 128, layers: 3, heads: 4, dropout: 0.1 };
 * const model = new TFDebertaV2ForMaskedLM(smallConfig(tokenizer, size), { seed: 1 });
 */
export function smallConfig(
  tokenizer: PreTrainedTokenizer,
  { hiddenSize, layers, heads, dropout }: ModelSize,
  labelNames?: readonly string[],
): DebertaV2Config {
  return new DebertaV2Config({
    vocabSize: tokenizer.length,
    hiddenSize,
    numHiddenLayers: layers,
    numAttentionHeads: heads,
    intermediateSize: 4 * hiddenSize,
    hiddenDropoutProb: dropout,
    attentionProbsDropoutProb: dropout,
    maxPositionEmbeddings: 512,
    relativeAttention: true,
    posAttType: 'c2p|p2c',
    positionBuckets: 32,
    shareAttKey: true,
    normRelEbd: 'layer_norm',
    positionBiasedInput: false,
    padTokenId: tokenizer.padTokenId,
    ...(labelNames && { id2label: Object.fromEntries(labelNames.entries()) }),
  });
}
