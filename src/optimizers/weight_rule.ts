/** How the optimizer treats one weight. */
export interface WeightRule {
  /** Whether weight decay applies to it. */
  readonly decays: boolean;
  /** Factor on the learning rate. */
  readonly rateScale: number;
}

/** What {@link weightRule} goes by. */
export interface WeightRuleOptions {
  /** Weights whose path matches one of these decay even if they are excluded; none by default. */
  readonly includeInWeightDecay?: readonly (string | RegExp)[];
  /**
   * Weights whose path matches one of these do not decay: parts of the path (case counts) or regular expressions.
   * Biases and layer normalizations by default, as in Microsoft's recipe and `create_optimizer` of transformers.
   */
  readonly excludeFromWeightDecay?: readonly (string | RegExp)[];
  /**
   * Factor on the learning rate for each step down from the head, which has the full rate; 1 by default.
   *
   * Of `L` layers, layer `i` is `L − i` steps down; the embeddings, relative ones too, and the convolution are `L + 1`.
   */
  readonly layerwiseDecay?: number;
  /** Layers of the model, `L`; for `layerwiseDecay`. */
  readonly numHiddenLayers?: number;
}

/** Paths that do not decay unless it is said otherwise. */
export const NOT_DECAYED: readonly (string | RegExp)[] = ['LayerNorm', 'layer_norm', 'bias'];

/** @param path such as `deberta/encoder/layer_._0/output/LayerNorm/gamma`. */
export function weightRule(path: string, options: WeightRuleOptions): WeightRule {
  const { includeInWeightDecay = [], excludeFromWeightDecay = NOT_DECAYED, layerwiseDecay = 1 } = options;
  const matches = (patterns: readonly (string | RegExp)[]) =>
    patterns.some((pattern) => (typeof pattern === 'string' ? path.includes(pattern) : path.search(pattern) >= 0));
  const decays = matches(includeInWeightDecay) || !matches(excludeFromWeightDecay);
  return { decays, rateScale: layerwiseDecay ** stepsBelowHead(path, options.numHiddenLayers ?? 0) };
}

function stepsBelowHead(path: string, numHiddenLayers: number): number {
  const layer = /\/layer_\._(\d+)\//.exec(path)?.[1];
  if (layer !== undefined) return numHiddenLayers - Number(layer);
  return /(^|\/)deberta\//.test(path) ? numHiddenLayers + 1 : 0;
}
