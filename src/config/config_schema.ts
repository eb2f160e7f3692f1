import { z } from 'zod';

/** Activation names a configuration may use: Hugging Face's TF table but for `glu`, which halves the width. */
export const ACTIVATION_NAMES = [
  'gelu',
  'gelu_10',
  'gelu_fast',
  'gelu_new',
  'mish',
  'quick_gelu',
  'relu',
  'sigmoid',
  'silu',
  'swish',
  'tanh',
] as const;

/** One of {@link ACTIVATION_NAMES}. */
export type ActivationName = (typeof ACTIVATION_NAMES)[number];

/** A term of the disentangled attention: content-to-position or position-to-content. */
export type PositionTerm = 'c2p' | 'p2c';

/** Which loss a classification head uses; `null` decides by `numLabels` and the labels. */
export type ProblemType = 'regression' | 'single_label_classification' | 'multi_label_classification';

const positiveInteger = z.int().positive().describe('a positive integer');
const nonNegativeInteger = z.int().nonnegative().describe('an integer of at least 0');
const anyInteger = z.int().describe('an integer');
const probability = z.number().min(0).lt(1).describe('a number of at least 0 and below 1');
const flag = z.boolean().describe('true or false');
const activation = z.enum(ACTIVATION_NAMES).describe(`one of ${ACTIVATION_NAMES.join(', ')}`);
const labelNames = z.record(z.string(), z.string()).describe('an object from label index to label name');
const labelIndices = z.record(z.string(), z.int().nonnegative()).describe('an object from label name to label index');
const pipeList = z
  .union([z.string(), z.array(z.string())])
  .nullable()
  .transform((value) => splitPipeList(value))
  .describe('a list such as ["p2c", "c2p"], a string such as "p2c|c2p", or null');

/** `"P2C | c2p"`, `["p2c", "c2p"]` and null as a list of lower-case words. */
function splitPipeList(value: string | string[] | null): string[] {
  const parts = typeof value === 'string' ? value.split('|') : (value ?? []);
  return parts.map((part) => part.trim().toLowerCase()).filter((part) => part !== '');
}

/**
 * Every field of a DeBERTa-v2 configuration in camelCase: what is allowed, and the reference's default.
 *
 * `description` says in words what is allowed; error messages quote it.
 */
export const configSchema = z.object({
  vocabSize: positiveInteger.default(128100),
  hiddenSize: positiveInteger.default(1536),
  numHiddenLayers: positiveInteger.default(24),
  numAttentionHeads: positiveInteger.default(24),
  intermediateSize: positiveInteger.default(6144),
  hiddenAct: activation.default('gelu'),
  hiddenDropoutProb: probability.default(0.1),
  attentionProbsDropoutProb: probability.default(0.1),
  maxPositionEmbeddings: positiveInteger.default(512),
  typeVocabSize: nonNegativeInteger.default(0),
  initializerRange: z.number().positive().describe('a positive number').default(0.02),
  layerNormEps: z.number().positive().describe('a positive number').default(1e-7),
  relativeAttention: flag.default(false),
  maxRelativePositions: anyInteger.default(-1),
  padTokenId: nonNegativeInteger.default(0),
  positionBiasedInput: flag.default(true),
  posAttType: pipeList.default([]),
  poolerDropout: probability.default(0),
  poolerHiddenAct: activation.default('gelu'),
  legacy: flag.default(true),

  // Read with a fallback by the reference: absent from a configuration unless somebody put them there.
  poolerHiddenSize: positiveInteger.optional(),
  positionBuckets: anyInteger.optional(),
  normRelEbd: pipeList.optional(),
  shareAttKey: flag.optional(),
  convKernelSize: nonNegativeInteger.optional(),
  convGroups: positiveInteger.optional(),
  convAct: activation.optional(),
  attentionHeadSize: positiveInteger.optional(),
  embeddingSize: positiveInteger.optional(),
  enhancedMaskDecoder: flag.optional(),
  clsDropout: probability.nullable().describe(`${probability.description}, or null`).optional(),

  numLabels: positiveInteger.optional(),
  id2label: labelNames.optional(),
  label2id: labelIndices.optional(),
  problemType: z
    .enum(['regression', 'single_label_classification', 'multi_label_classification'])
    .nullable()
    .describe('regression, single_label_classification, multi_label_classification or null')
    .optional(),
});

/** What `new DebertaV2Config({...})` takes: any subset, string and list forms alike. */
export type DebertaV2ConfigInput = z.input<typeof configSchema>;

/** A validated configuration before derived values are filled in. */
export type ParsedConfig = z.output<typeof configSchema>;

/** `hiddenSize` → `hidden_size`. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
