import type { Architecture } from '../config/architecture';
import type { ActivationName } from '../config/config_schema';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { hasMaskDecoder } from '../config/masked_lm_head_name';
import { withoutUndefined } from '../without_undefined';
import type { Affine, AttendStep, EmbedStep, Norm, PositionTable, Program, RelativeTable, Step } from './program';

/** What a head adds to the encoder's steps. */
type Head = Pick<Program, 'steps' | 'result'>;

const EMBEDDINGS = 'deberta/embeddings';
const ENCODER = 'deberta/encoder';
/** What the encoder gives, and every head starts from. */
const LAST_STATES = 'states';
/** What the enhanced mask decoder starts from. */
const ENCODED_STATES = 'encoded';

/**
 * The program of a model: what `forward` computes in inference mode, in fused steps.
 *
 * @example
 * lower('TFDebertaV2Model', config).steps.map(({ kind }) => kind); // ['embed', 'attend', 'projectAndAdd', …]
 */
export function lower(architecture: Architecture, config: DebertaV2Config): Program {
  const head = HEADS[architecture](config);
  const encoder = hasMaskDecoder(architecture, config) ? decodedSteps(config) : encoderSteps(config);
  const steps = [...encoder, ...head.steps];
  return {
    sizes: {
      embedding: config.embeddingSize,
      hidden: config.hiddenSize,
      heads: config.numAttentionHeads,
      headSize: config.attentionHeadSize,
      vocabulary: config.vocabSize,
    },
    queryScale: queryScale(config),
    ...withoutUndefined({ relative: relativeTable(config) }),
    usesTokenTypes: config.typeVocabSize > 0,
    tellsPaddingApart: steps.some(({ kind }) => kind === 'addPositions' || kind === 'addFirstToken'),
    steps,
    result: head.result,
  };
}

function queryScale({ attentionHeadSize, scaleFactor }: DebertaV2Config): number {
  return 1 / Math.sqrt(attentionHeadSize * scaleFactor);
}

function relativeTable(config: DebertaV2Config): RelativeTable | undefined {
  const { relativeAttention, posAttType, span, positionBuckets, maxRelativePositions } = config;
  if (!relativeAttention || posAttType.length === 0) return undefined;
  return {
    weight: `${ENCODER}/rel_embeddings.weight`,
    ...(config.normalizeRelativeEmbeddings ? { norm: norm(ENCODER, config) } : {}),
    span,
    positionBuckets,
    maxRelativePositions,
  };
}

/**
 * @param layers how many of the encoder's blocks, from the first.
 * @param result what the last of them gives.
 */
function encoderSteps(config: DebertaV2Config, layers = config.numHiddenLayers, result = LAST_STATES): Step[] {
  const steps: Step[] = [embedStep(config)];
  for (let layer = 0; layer < layers; layer++) {
    const isLast = layer === layers - 1;
    const convolves = layer === 0 && config.convKernelSize > 0;
    const input = layer === 0 ? 'embedded' : `layer_${layer - 1}`;
    const output = isLast ? result : `layer_${layer}`;
    steps.push(...blockSteps(config, layer, input, convolves ? 'beside_convolution' : output));
    if (convolves) steps.push(convolveStep(config, 'beside_convolution', output));
  }
  return steps;
}

/** The enhanced mask decoder: the last block twice, on what the last but one gives; see `DebertaV2Encoder.decode`. */
function decodedSteps(config: DebertaV2Config): Step[] {
  const last = config.numHiddenLayers - 1;
  const table = `${EMBEDDINGS}/position_embeddings/embeddings`;
  return [
    ...encoderSteps(config, last, ENCODED_STATES),
    { kind: 'addPositions', input: ENCODED_STATES, output: 'placed', table },
    ...blockSteps(config, last, ENCODED_STATES, 'decoded', 'placed'),
    ...blockSteps(config, last, ENCODED_STATES, LAST_STATES, 'decoded'),
  ];
}

function embedStep(config: DebertaV2Config): EmbedStep {
  return {
    kind: 'embed',
    output: 'embedded',
    words: `${EMBEDDINGS}/word_embeddings/weight`,
    ...(config.positionBiasedInput ? { positions: `${EMBEDDINGS}/position_embeddings/embeddings` } : {}),
    ...(config.typeVocabSize > 0 ? { tokenTypes: `${EMBEDDINGS}/token_type_embeddings/embeddings` } : {}),
    ...(config.embeddingSize === config.hiddenSize
      ? {}
      : { projection: { kernel: `${EMBEDDINGS}/embed_proj/kernel` } }),
    norm: norm(EMBEDDINGS, config),
  };
}

/** @param queries where queries come from, and what attention is added to, if not the input. */
function blockSteps(config: DebertaV2Config, layer: number, input: string, output: string, queries?: string): Step[] {
  const path = `${ENCODER}/layer_._${layer}`;
  // By the output, since a decoder runs a layer twice.
  const context = `context of ${output}`;
  const attended = `attended of ${output}`;
  const widened = `widened of ${output}`;
  return [
    { ...attendStep(config, `${path}/attention/self`), input, output: context, ...withoutUndefined({ queries }) },
    {
      kind: 'projectAndAdd',
      input: context,
      residual: queries ?? input,
      output: attended,
      affine: affine(`${path}/attention/output/dense`),
      norm: norm(`${path}/attention/output`, config),
    },
    {
      kind: 'project',
      input: attended,
      output: widened,
      affine: affine(`${path}/intermediate/dense`),
      activation: config.hiddenAct,
    },
    {
      kind: 'projectAndAdd',
      input: widened,
      residual: attended,
      output,
      affine: affine(`${path}/output/dense`),
      norm: norm(`${path}/output`, config),
    },
  ];
}

function attendStep(config: DebertaV2Config, path: string): Omit<AttendStep, 'input' | 'queries' | 'output'> {
  const { relativeAttention, posAttType, shareAttKey } = config;
  const table = (term: 'c2p' | 'p2c', name: string, shared: string, own: string, scale: number) => {
    if (!relativeAttention || !posAttType.includes(term)) return undefined;
    const projection = affine(`${path}/${shareAttKey ? shared : own}`);
    return { name: `${path}/${name}`, projection, scale } satisfies PositionTable;
  };
  return {
    kind: 'attend',
    query: affine(`${path}/query_proj`),
    key: affine(`${path}/key_proj`),
    value: affine(`${path}/value_proj`),
    ...withoutUndefined({
      positionKeys: table('c2p', 'position_keys', 'key_proj', 'pos_proj', 1),
      // Queries from content are scaled themselves.
      positionQueries: table('p2c', 'position_queries', 'query_proj', 'pos_q_proj', queryScale(config)),
    }),
  };
}

function convolveStep(config: DebertaV2Config, residual: string, output: string): Step {
  return {
    kind: 'convolve',
    input: 'embedded',
    residual,
    output,
    affine: affine(`${ENCODER}/conv/conv`),
    kernelSize: config.convKernelSize,
    groups: config.convGroups,
    activation: config.convAct,
    norm: norm(`${ENCODER}/conv`, config),
  };
}

const HEADS: Readonly<Record<Architecture, (config: DebertaV2Config) => Head>> = {
  TFDebertaV2Model: () => ({
    steps: [],
    result: { value: LAST_STATES, layout: 'tokens', names: ['last_hidden_state'] },
  }),
  TFDebertaV2ForMaskedLM: maskedLmHead,
  TFDebertaV2ForSequenceClassification: (config) => pooledHead(config, 'texts'),
  TFDebertaV2ForTokenClassification: () => ({
    steps: [project('classifier', LAST_STATES, 'logits')],
    result: { value: 'logits', layout: 'tokens', names: ['logits'] },
  }),
  TFDebertaV2ForQuestionAnswering: () => ({
    steps: [project('qa_outputs', LAST_STATES, 'spans')],
    result: { value: 'spans', layout: 'scores', names: ['start_logits', 'end_logits'] },
  }),
  TFDebertaV2ForMultipleChoice: (config) => pooledHead(config, 'choices'),
  TFDebertaV2ForReplacedTokenDetection: detectionHead,
};

function pooledHead(config: DebertaV2Config, layout: 'texts' | 'choices'): Head {
  return {
    steps: [
      { kind: 'firstToken', input: LAST_STATES, output: 'first' },
      project('pooler/dense', 'first', 'pooled', config.poolerHiddenAct),
      project('classifier', 'pooled', 'logits'),
    ],
    result: { value: 'logits', layout, names: ['logits'] },
  };
}

function detectionHead(config: DebertaV2Config): Head {
  return {
    steps: [
      { kind: 'addFirstToken', input: LAST_STATES, output: 'in_context', norm: norm('mask_predictions', config) },
      project('mask_predictions/dense', 'in_context', 'transformed', config.hiddenAct),
      project('mask_predictions/classifier', 'transformed', 'logits'),
    ],
    result: { value: 'logits', layout: 'scores', names: ['logits'] },
  };
}

function maskedLmHead(config: DebertaV2Config): Head {
  const { head, transform } = config.legacy
    ? { head: 'cls/predictions', transform: 'cls/predictions/transform' }
    : { head: 'lm_predictions/lm_head', transform: 'lm_predictions/lm_head' };
  return {
    steps: [
      { kind: 'chooseRows', input: LAST_STATES, output: 'chosen' },
      project(`${transform}/dense`, 'chosen', 'transformed', config.hiddenAct),
      { kind: 'normalize', input: 'transformed', output: 'normalized', norm: norm(transform, config) },
      {
        kind: 'scoreVocabulary',
        input: 'normalized',
        output: 'logits',
        table: `${EMBEDDINGS}/word_embeddings/weight`,
        bias: `${head}/bias`,
      },
    ],
    result: { value: 'logits', layout: 'tokens', names: ['logits'] },
  };
}

function project(path: string, input: string, output: string, activation?: ActivationName): Step {
  return { kind: 'project', input, output, affine: affine(path), ...withoutUndefined({ activation }) };
}

function affine(path: string): Required<Affine> {
  return { kernel: `${path}/kernel`, bias: `${path}/bias` };
}

function norm(path: string, { layerNormEps }: DebertaV2Config): Norm {
  return { gamma: `${path}/LayerNorm/gamma`, beta: `${path}/LayerNorm/beta`, epsilon: layerNormEps };
}
