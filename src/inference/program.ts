import type { ActivationName } from '../config/config_schema';

/** Name of a model's weight, as TensorFlow spells it: `deberta/embeddings/word_embeddings/weight`. */
export type WeightName = string;

/** Name of something a step of the program computes: rows of tokens `[B · S, N]`, or of texts `[B, N]`. */
export type ValueName = string;

/** Layer normalization over the last axis. */
export interface Norm {
  readonly gamma: WeightName;
  readonly beta: WeightName;
  readonly epsilon: number;
}

/** `x · kernel + bias`. */
export interface Affine {
  readonly kernel: WeightName;
  readonly bias?: WeightName;
}

/**
 * The relative table projected for the heads of one layer, `[h, 2 · span, d]`.
 *
 * It depends on the weights alone, so executors compute it once per set of weights.
 */
export interface PositionTable {
  readonly name: string;
  readonly projection: Affine;
  /** Multiplies the projected rows. */
  readonly scale: number;
}

/** Sum of word, position and token-type embeddings, projected, normalized; rows of padding 0. */
export interface EmbedStep {
  readonly kind: 'embed';
  readonly output: ValueName;
  readonly words: WeightName;
  readonly positions?: WeightName;
  readonly tokenTypes?: WeightName;
  readonly projection?: Affine;
  readonly norm: Norm;
}

/** Attention of all heads, from states to contexts `[B · S, h · d]`; rows of padding 0. */
export interface AttendStep {
  readonly kind: 'attend';
  readonly output: ValueName;
  /** Where keys and values come from, and queries too where `queries` is not given. */
  readonly input: ValueName;
  /** Where queries come from instead. */
  readonly queries?: ValueName;
  readonly query: Affine;
  readonly key: Affine;
  readonly value: Affine;
  /** Content-to-position. */
  readonly positionKeys?: PositionTable;
  /** Position-to-content. */
  readonly positionQueries?: PositionTable;
}

/** `activation(x · kernel + bias)`. */
export interface ProjectStep {
  readonly kind: 'project';
  readonly output: ValueName;
  readonly input: ValueName;
  readonly affine: Affine;
  readonly activation?: ActivationName;
}

/** `LN(x · kernel + bias + residual)`. */
export interface ProjectAndAddStep {
  readonly kind: 'projectAndAdd';
  readonly output: ValueName;
  readonly input: ValueName;
  readonly residual: ValueName;
  readonly affine: Affine;
  readonly norm: Norm;
}

/** `LN(residual + activation(conv(x)))`, padding 0 before the activation and at the end. */
export interface ConvolveStep {
  readonly kind: 'convolve';
  readonly output: ValueName;
  readonly input: ValueName;
  readonly residual: ValueName;
  /** `[kernelSize, H / groups, H]`. */
  readonly affine: Required<Affine>;
  readonly kernelSize: number;
  readonly groups: number;
  readonly activation: ActivationName;
  readonly norm: Norm;
}

/** Layer normalization by itself. */
export interface NormalizeStep {
  readonly kind: 'normalize';
  readonly output: ValueName;
  readonly input: ValueName;
  readonly norm: Norm;
}

/** The state of each text's first token. */
export interface FirstTokenStep {
  readonly kind: 'firstToken';
  readonly output: ValueName;
  readonly input: ValueName;
}

/** `x + table[position]`: states that know where in the text they stand. */
export interface AddPositionsStep {
  readonly kind: 'addPositions';
  readonly output: ValueName;
  readonly input: ValueName;
  readonly table: WeightName;
}

/** `LN(x + x[first token of its text])`. */
export interface AddFirstTokenStep {
  readonly kind: 'addFirstToken';
  readonly output: ValueName;
  readonly input: ValueName;
  readonly norm: Norm;
}

/** The rows that the run asks for, or all of them where it asks for none in particular. */
export interface ChooseRowsStep {
  readonly kind: 'chooseRows';
  readonly output: ValueName;
  readonly input: ValueName;
}

/** `x · tableᵀ + bias`: scores of every row of an embedding table. */
export interface ScoreVocabularyStep {
  readonly kind: 'scoreVocabulary';
  readonly output: ValueName;
  readonly input: ValueName;
  readonly table: WeightName;
  readonly bias: WeightName;
}

/** One fused step. */
export type Step =
  | EmbedStep
  | AttendStep
  | ProjectStep
  | ProjectAndAddStep
  | ConvolveStep
  | NormalizeStep
  | FirstTokenStep
  | AddPositionsStep
  | AddFirstTokenStep
  | ChooseRowsStep
  | ScoreVocabularyStep;

/**
 * How the last value becomes the model's outputs: `tokens` `[B, S, N]`, `texts` `[B, N]`, `choices` `[B, C]`, `scores`
 * one of `[B, S]` for each name.
 */
export type OutputLayout = 'tokens' | 'texts' | 'choices' | 'scores';

/** Sizes that every step shares. */
export interface ProgramSizes {
  /** Width of the embeddings before they are projected. */
  readonly embedding: number;
  readonly hidden: number;
  readonly heads: number;
  readonly headSize: number;
  /** Rows of the vocabulary. */
  readonly vocabulary: number;
}

/** Which table the relative attention of all layers reads, and how. */
export interface RelativeTable {
  readonly weight: WeightName;
  readonly norm?: Norm;
  readonly span: number;
  readonly positionBuckets: number;
  readonly maxRelativePositions: number;
}

/**
 * A model lowered for inference: a short list of fused steps over its weights, the same for every executor.
 *
 * Weights stay as the model has them, unscaled and not concatenated, so that an executor can use the model's own
 * tensors; one that packs weights anyway folds constants into them while it does.
 */
export interface Program {
  readonly sizes: ProgramSizes;
  /** Multiplies queries: `1 / sqrt(d · scaleFactor)`. */
  readonly queryScale: number;
  readonly relative?: RelativeTable;
  /** Whether token_type_ids matter. */
  readonly usesTokenTypes: boolean;
  /** Whether rows of padding differ from one another, so that one cannot stand for all. */
  readonly tellsPaddingApart: boolean;
  readonly steps: readonly Step[];
  readonly result: { readonly value: ValueName; readonly layout: OutputLayout; readonly names: readonly string[] };
}
