import type { DebertaV2ConfigInput } from '../../src/config/config_schema';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';

/** Everything switched on at the smallest sizes at which axes cannot be mistaken for one another. */
export function tinyConfig(changes: DebertaV2ConfigInput = {}): DebertaV2Config {
  return new DebertaV2Config({
    vocabSize: 11,
    hiddenSize: 6,
    numHiddenLayers: 2,
    numAttentionHeads: 2,
    intermediateSize: 10,
    maxPositionEmbeddings: 8,
    typeVocabSize: 3,
    hiddenAct: 'gelu_new',
    hiddenDropoutProb: 0.5,
    attentionProbsDropoutProb: 0.5,
    poolerDropout: 0.5,
    initializerRange: 0.2,
    relativeAttention: true,
    positionBuckets: 4,
    normRelEbd: 'layer_norm',
    shareAttKey: true,
    posAttType: 'p2c|c2p',
    convKernelSize: 3,
    convAct: 'gelu_10',
    ...changes,
  });
}
