import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { hasMaskDecoder } from '../config/masked_lm_head_name';

/** How a tensor goes from PyTorch's layout to TensorFlow's: as it is, or with its axes in reverse order. */
export type WeightTransform = 'none' | 'transpose' | 'convolution';

/** Where a weight belongs; only `head` weights may be missing from a checkpoint. */
export type WeightPart = 'embeddings' | 'encoder' | 'head';

/** One row of the table: a weight by both its names. `{i}` stands for the layer index. */
export interface WeightRow {
  readonly name: string;
  readonly tfName: string;
  /** In TensorFlow's layout. */
  readonly shape: (config: DebertaV2Config) => readonly number[];
  readonly transform: WeightTransform;
  readonly part: WeightPart;
  readonly when: Condition;
}

type Condition = (config: DebertaV2Config, architecture: Architecture) => boolean;
type Size = (config: DebertaV2Config) => number;

const V: Size = (config) => config.vocabSize;
const E: Size = (config) => config.embeddingSize;
const H: Size = (config) => config.hiddenSize;
const I: Size = (config) => config.intermediateSize;
const A: Size = (config) => config.numAttentionHeads * config.attentionHeadSize;
const C: Size = (config) => config.numLabels;

const always: Condition = () => true;
const hasConvolution: Condition = (config) => config.convKernelSize > 0;
const hasTokenTypes: Condition = (config) => config.typeVocabSize > 0;
const normalizesTable: Condition = (config) => config.relativeAttention && config.normalizeRelativeEmbeddings;
const projectsEmbeddings: Condition = (config) => config.embeddingSize !== config.hiddenSize;
const ownProjection =
  (term: 'c2p' | 'p2c'): Condition =>
  (config) =>
    config.relativeAttention && !config.shareAttKey && config.posAttType.includes(term);
const oneOf =
  (...architectures: Architecture[]): Condition =>
  (_config, architecture) =>
    architectures.includes(architecture);
const pooled = oneOf('TFDebertaV2ForSequenceClassification', 'TFDebertaV2ForMultipleChoice');
const classified = oneOf('TFDebertaV2ForSequenceClassification', 'TFDebertaV2ForTokenClassification');
const masked = oneOf('TFDebertaV2ForMaskedLM');
const legacyHead: Condition = (config, architecture) => masked(config, architecture) && config.legacy;
const detects = oneOf('TFDebertaV2ForReplacedTokenDetection');
const decodes: Condition = (config, architecture) => hasMaskDecoder(architecture, config);
const originalHead: Condition = (config, architecture) => masked(config, architecture) && !config.legacy;

const plain = (part: WeightPart, name: string, tfName: string, when: Condition, ...sizes: Size[]): WeightRow => ({
  name,
  tfName,
  shape: (config) => sizes.map((size) => size(config)),
  transform: 'none',
  part,
  when,
});

/** A dense layer's kernel (`[in, out]` in TensorFlow) and bias. */
const dense = (part: WeightPart, name: string, tfName: string, when: Condition, input: Size, output: Size) => [
  { ...plain(part, `${name}.weight`, `${tfName}/kernel`, when, input, output), transform: 'transpose' as const },
  plain(part, `${name}.bias`, `${tfName}/bias`, when, output),
];

const layerNorm = (part: WeightPart, name: string, tfName: string, when: Condition, size: Size) => [
  plain(part, `${name}.LayerNorm.weight`, `${tfName}/LayerNorm/gamma`, when, size),
  plain(part, `${name}.LayerNorm.bias`, `${tfName}/LayerNorm/beta`, when, size),
];

const ATTENTION = 'deberta.encoder.layer.{i}.attention';
const TF_ATTENTION = 'deberta/encoder/layer_._{i}/attention';
const LAYER = 'deberta.encoder.layer.{i}';
const TF_LAYER = 'deberta/encoder/layer_._{i}';

/**
 * Every weight a DeBERTa-v2 checkpoint can hold, in the order in which the TensorFlow classes create them.
 *
 * Mirrors `modeling_tf_deberta_v2.py` and `modeling_deberta_v2.py` of Hugging Face transformers, and for
 * `lm_predictions` and `mask_predictions` the heads of microsoft/DeBERTa.
 */
export const WEIGHT_ROWS: readonly WeightRow[] = [
  plain(
    'embeddings',
    'deberta.embeddings.word_embeddings.weight',
    'deberta/embeddings/word_embeddings/weight',
    always,
    V,
    E,
  ),
  plain(
    'embeddings',
    'deberta.embeddings.token_type_embeddings.weight',
    'deberta/embeddings/token_type_embeddings/embeddings',
    hasTokenTypes,
    (config) => config.typeVocabSize,
    E,
  ),
  plain(
    'embeddings',
    'deberta.embeddings.position_embeddings.weight',
    'deberta/embeddings/position_embeddings/embeddings',
    (config) => config.positionBiasedInput,
    (config) => config.maxPositionEmbeddings,
    E,
  ),
  // The same table where only the enhanced mask decoder reads it.
  plain(
    'head',
    'deberta.embeddings.position_embeddings.weight',
    'deberta/embeddings/position_embeddings/embeddings',
    decodes,
    (config) => config.maxPositionEmbeddings,
    E,
  ),
  {
    ...plain(
      'embeddings',
      'deberta.embeddings.embed_proj.weight',
      'deberta/embeddings/embed_proj/kernel',
      projectsEmbeddings,
      E,
      H,
    ),
    transform: 'transpose',
  },
  ...layerNorm('embeddings', 'deberta.embeddings', 'deberta/embeddings', always, H),

  plain(
    'encoder',
    'deberta.encoder.rel_embeddings.weight',
    'deberta/encoder/rel_embeddings.weight',
    (config) => config.relativeAttention,
    (config) => 2 * config.span,
    H,
  ),
  ...dense('encoder', `${ATTENTION}.self.query_proj`, `${TF_ATTENTION}/self/query_proj`, always, H, A),
  ...dense('encoder', `${ATTENTION}.self.key_proj`, `${TF_ATTENTION}/self/key_proj`, always, H, A),
  ...dense('encoder', `${ATTENTION}.self.value_proj`, `${TF_ATTENTION}/self/value_proj`, always, H, A),
  ...dense('encoder', `${ATTENTION}.self.pos_key_proj`, `${TF_ATTENTION}/self/pos_proj`, ownProjection('c2p'), H, A),
  ...dense(
    'encoder',
    `${ATTENTION}.self.pos_query_proj`,
    `${TF_ATTENTION}/self/pos_q_proj`,
    ownProjection('p2c'),
    H,
    A,
  ),
  ...dense('encoder', `${ATTENTION}.output.dense`, `${TF_ATTENTION}/output/dense`, always, H, H),
  ...layerNorm('encoder', `${ATTENTION}.output`, `${TF_ATTENTION}/output`, always, H),
  ...dense('encoder', `${LAYER}.intermediate.dense`, `${TF_LAYER}/intermediate/dense`, always, H, I),
  ...dense('encoder', `${LAYER}.output.dense`, `${TF_LAYER}/output/dense`, always, I, H),
  ...layerNorm('encoder', `${LAYER}.output`, `${TF_LAYER}/output`, always, H),
  ...layerNorm('encoder', 'deberta.encoder', 'deberta/encoder', normalizesTable, H),
  {
    name: 'deberta.encoder.conv.conv.weight',
    tfName: 'deberta/encoder/conv/conv/kernel',
    shape: (config) => [config.convKernelSize, config.hiddenSize / config.convGroups, config.hiddenSize],
    transform: 'convolution',
    part: 'encoder',
    when: hasConvolution,
  },
  plain('encoder', 'deberta.encoder.conv.conv.bias', 'deberta/encoder/conv/conv/bias', hasConvolution, H),
  ...layerNorm('encoder', 'deberta.encoder.conv', 'deberta/encoder/conv', hasConvolution, H),

  plain('head', 'cls.predictions.bias', 'cls/predictions/bias', legacyHead, V),
  ...dense('head', 'cls.predictions.transform.dense', 'cls/predictions/transform/dense', legacyHead, H, E),
  ...layerNorm('head', 'cls.predictions.transform', 'cls/predictions/transform', legacyHead, E),
  plain('head', 'lm_predictions.lm_head.bias', 'lm_predictions/lm_head/bias', originalHead, V),
  ...dense('head', 'lm_predictions.lm_head.dense', 'lm_predictions/lm_head/dense', originalHead, H, E),
  ...layerNorm('head', 'lm_predictions.lm_head', 'lm_predictions/lm_head', originalHead, E),
  ...dense('head', 'mask_predictions.dense', 'mask_predictions/dense', detects, H, H),
  ...layerNorm('head', 'mask_predictions', 'mask_predictions', detects, H),
  ...dense('head', 'mask_predictions.classifier', 'mask_predictions/classifier', detects, H, () => 1),
  ...dense('head', 'pooler.dense', 'pooler/dense', pooled, H, H),
  ...dense('head', 'classifier', 'classifier', classified, H, C),
  ...dense('head', 'classifier', 'classifier', oneOf('TFDebertaV2ForMultipleChoice'), H, () => 1),
  ...dense('head', 'qa_outputs', 'qa_outputs', oneOf('TFDebertaV2ForQuestionAnswering'), H, () => 2),
];
