import type { DebertaV2ConfigInput } from '../src/index';

/** A published shape of a model, with numbers that mean nothing in it. */
export interface PublishedShape {
  readonly name: string;
  readonly config: DebertaV2ConfigInput;
  readonly parameters: number;
}

const COMMON: DebertaV2ConfigInput = {
  relativeAttention: true,
  positionBuckets: 256,
  posAttType: 'p2c|c2p',
  shareAttKey: true,
  normRelEbd: 'layer_norm',
  positionBiasedInput: false,
};

/** deberta-v2-xxlarge: 6.3 GB as float32. */
export const XXLARGE: PublishedShape = {
  name: 'v2-xxlarge',
  config: {
    ...COMMON,
    hiddenSize: 1536,
    numHiddenLayers: 48,
    numAttentionHeads: 24,
    intermediateSize: 6144,
    convKernelSize: 3,
    convAct: 'gelu',
  },
  parameters: 1_564_549_632,
};

/** deberta-v3-large: 1.7 GB as float32. */
export const LARGE: PublishedShape = {
  name: 'v3-large',
  config: { ...COMMON, hiddenSize: 1024, numHiddenLayers: 24, numAttentionHeads: 16, intermediateSize: 4096 },
  parameters: 434_012_160,
};

/** deberta-v3-base: 735 MB as float32. */
export const BASE: PublishedShape = {
  name: 'v3-base',
  config: { ...COMMON, hiddenSize: 768, numHiddenLayers: 12, numAttentionHeads: 12, intermediateSize: 3072 },
  parameters: 183_831_552,
};

/** deberta-v3-xsmall: 283 MB as float32. */
export const XSMALL: PublishedShape = {
  name: 'v3-xsmall',
  config: { ...COMMON, hiddenSize: 384, numHiddenLayers: 12, numAttentionHeads: 6, intermediateSize: 1536 },
  parameters: 70_682_112,
};
