/** Weights by path, in the order in which layers make them, at the sizes of `tinyConfig()`. */
export type ExpectedWeights = Record<string, readonly number[]>;

/** The same weights below another path. */
export function under(path: string, weights: ExpectedWeights): ExpectedWeights {
  return Object.fromEntries(Object.entries(weights).map(([name, shape]) => [`${path}/${name}`, shape]));
}

function dense(name: string, input: number, output: number): ExpectedWeights {
  return under(name, { kernel: [input, output], bias: [output] });
}

const LAYER_NORM = under('LayerNorm', { gamma: [6], beta: [6] });

/** Weights of `DebertaV2Embeddings`. */
export const EMBEDDINGS_WEIGHTS: ExpectedWeights = {
  'word_embeddings/weight': [11, 6],
  'position_embeddings/embeddings': [8, 6],
  'token_type_embeddings/embeddings': [3, 6],
  ...LAYER_NORM,
};

/** Weights of `DebertaV2Block`. */
export const BLOCK_WEIGHTS: ExpectedWeights = {
  ...dense('attention/self/query_proj', 6, 6),
  ...dense('attention/self/key_proj', 6, 6),
  ...dense('attention/self/value_proj', 6, 6),
  ...under('attention/output', { ...dense('dense', 6, 6), ...LAYER_NORM }),
  ...dense('intermediate/dense', 6, 10),
  ...under('output', { ...dense('dense', 10, 6), ...LAYER_NORM }),
};

/** Weights of `DebertaV2Encoder`. */
export const ENCODER_WEIGHTS: ExpectedWeights = {
  'rel_embeddings.weight': [8, 6],
  ...LAYER_NORM,
  ...under('conv', { 'conv/kernel': [3, 6, 6], 'conv/bias': [6], ...LAYER_NORM }),
  ...under('layer_._0', BLOCK_WEIGHTS),
  ...under('layer_._1', BLOCK_WEIGHTS),
};

/** Paths of the dropouts of `DebertaV2Block`. */
export const BLOCK_DROPOUTS = [
  'attention/self/dropout',
  'attention/self/pos_dropout',
  'attention/output/dropout',
  'output/dropout',
];

/** Paths of the dropouts of `DebertaV2Encoder`. */
export const ENCODER_DROPOUTS = [
  'conv/dropout',
  ...['layer_._0', 'layer_._1'].flatMap((layer) => BLOCK_DROPOUTS.map((path) => `${layer}/${path}`)),
];
