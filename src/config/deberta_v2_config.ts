import { ConfigError } from '../errors';
import { withoutUndefined } from '../without_undefined';
import {
  type ActivationName,
  configSchema,
  type DebertaV2ConfigInput,
  type ParsedConfig,
  type PositionTerm,
  type ProblemType,
  toSnakeCase,
} from './config_schema';

/** A configuration as `config.json` holds it: Hugging Face's snake_case keys, unknown ones included. */
export type DebertaV2ConfigJson = Record<string, unknown>;

/** Fields the reference reads with a fallback; written back only when they were given. */
const FALLBACK_FIELDS = [
  'positionBuckets',
  'normRelEbd',
  'shareAttKey',
  'convKernelSize',
  'convGroups',
  'convAct',
  'attentionHeadSize',
  'embeddingSize',
  'clsDropout',
  'enhancedMaskDecoder',
] as const satisfies readonly (keyof ParsedConfig)[];

/**
 * A DeBERTa-v2 or v3 model's configuration, validated and fully resolved.
 *
 * Mirrors `DebertaV2Config` of Hugging Face transformers: same fields, same defaults, in camelCase. The string
 * and list forms of `posAttType` and `normRelEbd` are both taken, fallbacks (`-1`, absent fields) are resolved to
 * the value in force, and what contradicts itself is refused. DeBERTa v3 checkpoints use this class too; v1
 * (`model_type: "deberta"`) is another architecture and is refused.
 *
 * @throws {ConfigError} naming the field, the value received and what is allowed.
 *
 * @example
 * const config = new DebertaV2Config({
 *   hiddenSize: 384, numHiddenLayers: 12, numAttentionHeads: 6, intermediateSize: 1536,
 *   relativeAttention: true, positionBuckets: 256, posAttType: 'p2c|c2p', shareAttKey: true,
 *   normRelEbd: 'layer_norm', positionBiasedInput: false,
 * });
 * config.span; // 256
 */
export class DebertaV2Config {
  /** Rows of the word embedding table, 128100 by default; a tokenizer may use fewer. */
  readonly vocabSize!: number;
  /** Width `H` of the hidden states, 1536 by default. */
  readonly hiddenSize!: number;
  /** Number `L` of encoder layers, 24 by default. */
  readonly numHiddenLayers!: number;
  /** Number `h` of attention heads, 24 by default; divides `hiddenSize`. */
  readonly numAttentionHeads!: number;
  /** Width `I` of the feed-forward block, 6144 by default. */
  readonly intermediateSize!: number;
  /** Activation of the feed-forward block and of the masked-LM transform, `gelu` (erf) by default. */
  readonly hiddenAct!: ActivationName;
  /** Dropout rate of embeddings, block outputs, relative positions, convolution and token heads, 0.1 by default. */
  readonly hiddenDropoutProb!: number;
  /** Dropout rate of the attention probabilities, 0.1 by default. */
  readonly attentionProbsDropoutProb!: number;
  /** Rows of the absolute position table, and the farthest distance when `maxRelativePositions` is not set; 512. */
  readonly maxPositionEmbeddings!: number;
  /** Rows of the token-type table; 0 (default) means there is none and token types are ignored. */
  readonly typeVocabSize!: number;
  /** Standard deviation of the initial weights, 0.02 by default. */
  readonly initializerRange!: number;
  /** Added to the variance by every layer normalization, 1e-7 by default. */
  readonly layerNormEps!: number;
  /** Whether relative positions enter the attention, false by default (true in every published model). */
  readonly relativeAttention!: boolean;
  /** Farthest relative distance, resolved: `maxPositionEmbeddings` when the given value is below 1. */
  readonly maxRelativePositions!: number;
  /** Id of the padding token, 0 by default. */
  readonly padTokenId!: number;
  /** Whether absolute positions are added to the input, true by default (false in every published model). */
  readonly positionBiasedInput!: boolean;
  /** Terms of the disentangled attention; empty by default. */
  readonly posAttType!: readonly PositionTerm[];
  /** Dropout rate before the pooler's dense layer, 0 by default. */
  readonly poolerDropout!: number;
  /** Activation of the pooler, `gelu` by default. */
  readonly poolerHiddenAct!: ActivationName;
  /** Which masked-LM head PyTorch's class would make (`cls` or `lm_predictions`), true by default. */
  readonly legacy!: boolean;
  /**
   * Whether a masked-LM model decodes with the enhanced mask decoder, as the original's v2 models and v3 generators do:
   * the last layer runs twice more, with queries that know their absolute position. False by default; only with the
   * head `lm_predictions` (`legacy` false), where positions are not part of the input. Hugging Face has no such field.
   */
  readonly enhancedMaskDecoder!: boolean;
  /** Width of the pooler; equals `hiddenSize`, the only value the reference can run. */
  readonly poolerHiddenSize!: number;
  /** Number of logarithmic distance buckets on either side, or -1 for none (default). */
  readonly positionBuckets!: number;
  /** Whether the relative embedding table passes through a layer normalization (`norm_rel_ebd: "layer_norm"`). */
  readonly normalizeRelativeEmbeddings!: boolean;
  /** Whether the content projections also project the relative embeddings, false by default. */
  readonly shareAttKey!: boolean;
  /** Kernel size of the convolution after the first layer, odd; 0 (default) means there is none. */
  readonly convKernelSize!: number;
  /** Groups of that convolution, 1 by default. */
  readonly convGroups!: number;
  /** Activation of that convolution, `tanh` by default. */
  readonly convAct!: ActivationName;
  /** Width `d` of an attention head, `hiddenSize / numAttentionHeads`. */
  readonly attentionHeadSize!: number;
  /** Width `E` of the embedding tables, `hiddenSize` by default; otherwise a projection follows the sum. */
  readonly embeddingSize!: number;
  /** Dropout rate before a sequence classifier, `hiddenDropoutProb` by default. */
  readonly clsDropout!: number;
  /** Number of labels, 2 by default. */
  readonly numLabels!: number;
  /** Label names by index, `LABEL_0`… by default. */
  readonly id2label!: Readonly<Record<number, string>>;
  /** Label indices by name. */
  readonly label2id!: Readonly<Record<string, number>>;
  /** Which loss a sequence classifier uses; null (default) decides by `numLabels` and the labels. */
  readonly problemType!: ProblemType | null;
  /** Half the rows of the relative table: `positionBuckets` if positive, else `maxRelativePositions`. */
  readonly span!: number;
  /** `1 + [c2p] + [p2c]`: attention scores are divided by `sqrt(d · scaleFactor)`. */
  readonly scaleFactor!: number;

  readonly #parsed: ParsedConfig;
  readonly #unknown: DebertaV2ConfigJson;

  /**
   * @param fields any fields; the others get the reference's defaults.
   * @param unknown snake_case keys this class has no use for, kept for {@link toJSON}.
   */
  constructor(fields: DebertaV2ConfigInput = {}, unknown: DebertaV2ConfigJson = {}) {
    const parsed = parse(fields);
    this.#parsed = parsed;
    this.#unknown = unknown;
    const resolved = resolve(parsed);
    validate(parsed, resolved);
    Object.assign(this, resolved);
    Object.freeze(this);
  }

  /**
   * Reads a configuration as Hugging Face (`config.json`) or microsoft/DeBERTa (`model_config.json`) writes it.
   *
   * @param json the parsed file. `padding_idx` and `pooling.*` of the original are understood.
   * @throws {ConfigError} for DeBERTa v1 or another architecture, and for values that are not allowed.
   */
  static fromJSON(json: unknown): DebertaV2Config {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new ConfigError(`A configuration must be a JSON object, received ${describe(json)}.`, { received: json });
    }
    const { model_type: modelType, ...rest } = translateOriginal(json as DebertaV2ConfigJson);
    refuseOtherArchitectures(modelType);
    const fields: Record<string, unknown> = {};
    const unknown: DebertaV2ConfigJson = {};
    for (const [key, value] of Object.entries(rest)) {
      const field = FIELD_BY_KEY.get(key);
      if (field === undefined) unknown[key] = value;
      else if (value !== null || ACCEPTS_NULL.has(field)) fields[field] = value;
    }
    return new DebertaV2Config(fields as DebertaV2ConfigInput, unknown);
  }

  /**
   * The same configuration with some fields changed; a new `numLabels` alone resets the label names, and the pooler
   * follows `hiddenSize`.
   */
  with(changes: DebertaV2ConfigInput): DebertaV2Config {
    const { numLabels, id2label, label2id, poolerHiddenSize: _pooler, ...others } = this.#parsed;
    const given = withoutUndefined(changes);
    const labelsChange = 'numLabels' in given || 'id2label' in given || 'label2id' in given;
    const labels = labelsChange ? {} : { numLabels, id2label, label2id };
    return new DebertaV2Config({ ...others, ...labels, ...given }, this.#unknown);
  }

  /** Hugging Face's `config.json`; keys this class does not know come back as they were read. */
  toJSON(): DebertaV2ConfigJson {
    const { id2label, label2id, numLabels: _count, problemType, ...fields } = this.#parsed;
    const json: DebertaV2ConfigJson = { ...this.#unknown, model_type: 'deberta-v2' };
    for (const [field, value] of Object.entries({ ...fields, poolerHiddenSize: this.poolerHiddenSize })) {
      json[toSnakeCase(field)] = value;
    }
    for (const field of FALLBACK_FIELDS) {
      if (fields[field] === undefined) delete json[toSnakeCase(field)];
    }
    if (fields.normRelEbd !== undefined) json.norm_rel_ebd = fields.normRelEbd.join('|') || 'none';
    if (problemType !== undefined) json.problem_type = problemType;
    json.id2label = { ...this.id2label };
    json.label2id = { ...this.label2id };
    return json;
  }
}

const FIELD_BY_KEY = new Map(Object.keys(configSchema.shape).map((field) => [toSnakeCase(field), field]));

/** Fields whose null means something; null elsewhere is how Python writes "not set". */
const ACCEPTS_NULL = new Set(['posAttType', 'clsDropout', 'problemType']);

function parse(fields: DebertaV2ConfigInput): ParsedConfig {
  const result = configSchema.safeParse(withoutUndefined(fields));
  if (result.success) return result.data;
  const path = result.error.issues[0]?.path ?? [];
  const field = String(path[0]) as keyof typeof configSchema.shape;
  const received = fields[field];
  const expected = configSchema.shape[field].unwrap().description;
  throw new ConfigError(
    `Configuration field ${toSnakeCase(field)} must be ${expected}, received ${describe(received)}.`,
    { path: toSnakeCase(field), expected, received },
  );
}

/** Everything the rest of the package reads, with fallbacks filled in. */
function resolve(parsed: ParsedConfig) {
  const { normRelEbd, posAttType, ...fields } = parsed;
  const terms = posAttType.filter((term): term is PositionTerm => term === 'c2p' || term === 'p2c');
  const maxRelativePositions =
    parsed.maxRelativePositions >= 1 ? parsed.maxRelativePositions : parsed.maxPositionEmbeddings;
  const positionBuckets = parsed.positionBuckets ?? -1;
  return {
    ...fields,
    ...resolveLabels(parsed),
    posAttType: Object.freeze(terms),
    maxRelativePositions,
    positionBuckets,
    span: positionBuckets > 0 ? positionBuckets : maxRelativePositions,
    scaleFactor: 1 + new Set(terms).size,
    normalizeRelativeEmbeddings: normRelEbd?.includes('layer_norm') ?? false,
    shareAttKey: parsed.shareAttKey ?? false,
    convKernelSize: parsed.convKernelSize ?? 0,
    convGroups: parsed.convGroups ?? 1,
    convAct: parsed.convAct ?? 'tanh',
    attentionHeadSize: parsed.attentionHeadSize ?? Math.floor(parsed.hiddenSize / parsed.numAttentionHeads),
    embeddingSize: parsed.embeddingSize ?? parsed.hiddenSize,
    poolerHiddenSize: parsed.poolerHiddenSize ?? parsed.hiddenSize,
    clsDropout: parsed.clsDropout ?? parsed.hiddenDropoutProb,
    problemType: parsed.problemType ?? null,
    enhancedMaskDecoder: parsed.enhancedMaskDecoder ?? false,
  };
}

function resolveLabels({ numLabels, id2label, label2id }: ParsedConfig) {
  const names: Record<number, string> = {};
  if (id2label !== undefined) {
    for (const [index, name] of Object.entries(id2label)) names[Number(index)] = name;
  } else if (label2id !== undefined) {
    for (const [name, index] of Object.entries(label2id)) names[index] = name;
  } else {
    for (let index = 0; index < (numLabels ?? 2); index++) names[index] = `LABEL_${index}`;
  }
  const inverse = Object.fromEntries(Object.entries(names).map(([index, name]) => [name, Number(index)]));
  return {
    numLabels: Object.keys(names).length,
    id2label: Object.freeze(names),
    label2id: Object.freeze(label2id ?? inverse),
  };
}

/** Refuses values that are allowed one by one but not together. */
function validate(parsed: ParsedConfig, resolved: ReturnType<typeof resolve>): void {
  const { hiddenSize, numAttentionHeads, attentionHeadSize, poolerHiddenSize, convKernelSize, convGroups } = resolved;
  const { positionBuckets, padTokenId, vocabSize, numLabels, label2id, enhancedMaskDecoder } = resolved;
  const labelField = parsed.id2label === undefined ? 'label2id' : 'id2label';
  const labelIndices = parsed.id2label === undefined ? Object.values(label2id) : Object.keys(parsed.id2label);
  const checks: Array<[holds: boolean, field: string, received: unknown, allowed: string]> = [
    [
      hiddenSize % numAttentionHeads === 0,
      'hidden_size',
      hiddenSize,
      `a multiple of num_attention_heads (${numAttentionHeads})`,
    ],
    [
      attentionHeadSize * numAttentionHeads === hiddenSize,
      'attention_head_size',
      attentionHeadSize,
      `hidden_size / num_attention_heads (${hiddenSize / numAttentionHeads})`,
    ],
    [
      poolerHiddenSize === hiddenSize,
      'pooler_hidden_size',
      poolerHiddenSize,
      `the same as hidden_size (${hiddenSize})`,
    ],
    [
      convKernelSize === 0 || convKernelSize % 2 === 1,
      'conv_kernel_size',
      convKernelSize,
      '0 or odd, since an even kernel changes the length',
    ],
    [hiddenSize % convGroups === 0, 'conv_groups', convGroups, `a divisor of hidden_size (${hiddenSize})`],
    [positionBuckets !== 1, 'position_buckets', positionBuckets, 'at least 2, or below 1 for none'],
    [padTokenId < vocabSize, 'pad_token_id', padTokenId, `below vocab_size (${vocabSize})`],
    [
      labelIndices.length > 0 && isCount(labelIndices.map(Number)),
      labelField,
      parsed[labelField],
      'an object with the label indices 0, 1, 2 and so on, each once',
    ],
    [
      parsed.numLabels === undefined || parsed.numLabels === numLabels,
      'num_labels',
      parsed.numLabels,
      `the number of labels named in id2label or label2id (${numLabels})`,
    ],
    [
      !enhancedMaskDecoder || (!resolved.legacy && !resolved.positionBiasedInput),
      'enhanced_mask_decoder',
      enhancedMaskDecoder,
      'false unless legacy and position_biased_input are false, since it is part of the head lm_predictions and adds the positions itself',
    ],
    [
      !enhancedMaskDecoder || resolved.embeddingSize === hiddenSize,
      'enhanced_mask_decoder',
      enhancedMaskDecoder,
      `false where embedding_size (${resolved.embeddingSize}) is not hidden_size (${hiddenSize}), since positions are added to hidden states`,
    ],
    [
      !enhancedMaskDecoder || resolved.numHiddenLayers >= 2,
      'enhanced_mask_decoder',
      enhancedMaskDecoder,
      'false in a model of one layer, since the decoder reads the last layer but one',
    ],
  ];
  for (const [holds, field, received, allowed] of checks) {
    if (!holds) {
      throw new ConfigError(`Configuration field ${field} must be ${allowed}, received ${describe(received)}.`, {
        path: field,
        expected: allowed,
        received,
      });
    }
  }
}

/** Whether numbers are 0, 1, 2 and so on in some order. */
function isCount(numbers: number[]): boolean {
  return numbers.sort((a, b) => a - b).every((number, position) => number === position);
}

/** `padding_idx` and `pooling.*` of microsoft/DeBERTa's ModelConfig under Hugging Face's names. */
function translateOriginal(json: DebertaV2ConfigJson): DebertaV2ConfigJson {
  const { padding_idx: paddingIndex, pooling, ...rest } = json;
  if (paddingIndex !== undefined) rest.pad_token_id ??= paddingIndex;
  if (typeof pooling === 'object' && pooling !== null) {
    for (const [key, value] of Object.entries(pooling)) rest[`pooler_${key}`] ??= value;
  }
  return rest;
}

function refuseOtherArchitectures(modelType: unknown): void {
  if (modelType === undefined || modelType === null || modelType === 'deberta-v2') return;
  const reason =
    modelType === 'deberta'
      ? 'this is a DeBERTa v1 checkpoint, another architecture with another tokenizer; use a v2 or v3 checkpoint (v3 is "deberta-v2" too)'
      : 'only DeBERTa v2 and v3 are supported';
  throw new ConfigError(
    `Configuration field model_type must be "deberta-v2", received ${describe(modelType)}: ${reason}.`,
    {
      path: 'model_type',
      expected: 'deberta-v2',
      received: modelType,
    },
  );
}

function describe(value: unknown): string {
  return typeof value === 'object' || typeof value === 'string' ? JSON.stringify(value) : String(value);
}
