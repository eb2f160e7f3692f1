import type { Architecture } from '../../src/config/architecture';
import { ARCHITECTURES } from '../../src/config/architecture';
import type { DebertaV2ConfigInput } from '../../src/config/config_schema';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { canonicalName, countParameters, weightSpecs } from '../../src/convert/weight_names';
import { WEIGHT_ROWS } from '../../src/convert/weight_rows';
import { smallConfig } from './support';

const shared: DebertaV2ConfigInput = {
  relativeAttention: true,
  positionBuckets: 256,
  normRelEbd: 'layer_norm',
  shareAttKey: true,
  posAttType: 'p2c|c2p',
  positionBiasedInput: false,
};
const base = { ...shared, hiddenSize: 768, numHiddenLayers: 12, numAttentionHeads: 12, intermediateSize: 3072 };

describe('weightSpecs', () => {
  const published: Array<[string, DebertaV2ConfigInput, tensors: number, parameters: number]> = [
    ['deberta-v2-xlarge', { ...shared, convKernelSize: 3, convAct: 'gelu' }, 394, 884_593_152],
    ['deberta-v2-xxlarge', { ...shared, convKernelSize: 3, numHiddenLayers: 48 }, 778, 1_564_549_632],
    ['deberta-v3-xsmall', { ...base, hiddenSize: 384, numAttentionHeads: 6, intermediateSize: 1536 }, 198, 70_682_112],
    ['deberta-v3-small', { ...base, numHiddenLayers: 6 }, 102, 141_304_320],
    ['deberta-v3-base', base, 198, 183_831_552],
    [
      'deberta-v3-large',
      { ...base, hiddenSize: 1024, numHiddenLayers: 24, numAttentionHeads: 16, intermediateSize: 4096 },
      390,
      434_012_160,
    ],
    ['mdeberta-v3-base', { ...base, vocabSize: 251_000 }, 198, 278_218_752],
  ];
  test.each(published)(
    '%s has the published number of tensors and parameters',
    (_name, config, tensors, parameters) => {
      const specs = weightSpecs(new DebertaV2Config(config), 'TFDebertaV2Model');
      expect(specs).toHaveLength(tensors);
      expect(countParameters(specs)).toBe(parameters);
    },
  );

  const heads: Array<[Architecture, DebertaV2ConfigInput, Record<string, number[]>]> = [
    ['TFDebertaV2Model', {}, {}],
    [
      'TFDebertaV2ForMaskedLM',
      {},
      {
        'cls.predictions.bias': [50],
        'cls.predictions.transform.dense.weight': [16, 16],
        'cls.predictions.transform.dense.bias': [16],
        'cls.predictions.transform.LayerNorm.weight': [16],
        'cls.predictions.transform.LayerNorm.bias': [16],
      },
    ],
    [
      'TFDebertaV2ForMaskedLM',
      { legacy: false, embeddingSize: 8 },
      {
        'lm_predictions.lm_head.bias': [50],
        'lm_predictions.lm_head.dense.weight': [16, 8],
        'lm_predictions.lm_head.dense.bias': [8],
        'lm_predictions.lm_head.LayerNorm.weight': [8],
        'lm_predictions.lm_head.LayerNorm.bias': [8],
      },
    ],
    [
      'TFDebertaV2ForSequenceClassification',
      { numLabels: 3 },
      {
        'pooler.dense.weight': [16, 16],
        'pooler.dense.bias': [16],
        'classifier.weight': [16, 3],
        'classifier.bias': [3],
      },
    ],
    ['TFDebertaV2ForTokenClassification', { numLabels: 3 }, { 'classifier.weight': [16, 3], 'classifier.bias': [3] }],
    ['TFDebertaV2ForQuestionAnswering', { numLabels: 3 }, { 'qa_outputs.weight': [16, 2], 'qa_outputs.bias': [2] }],
    [
      'TFDebertaV2ForMultipleChoice',
      { numLabels: 3 },
      {
        'pooler.dense.weight': [16, 16],
        'pooler.dense.bias': [16],
        'classifier.weight': [16, 1],
        'classifier.bias': [1],
      },
    ],
    [
      'TFDebertaV2ForMaskedLM',
      { legacy: false, enhancedMaskDecoder: true, positionBiasedInput: false },
      {
        'deberta.embeddings.position_embeddings.weight': [16, 16],
        'lm_predictions.lm_head.bias': [50],
        'lm_predictions.lm_head.dense.weight': [16, 16],
        'lm_predictions.lm_head.dense.bias': [16],
        'lm_predictions.lm_head.LayerNorm.weight': [16],
        'lm_predictions.lm_head.LayerNorm.bias': [16],
      },
    ],
    // The decoder is no part of other models, whatever their configuration says.
    ['TFDebertaV2Model', { legacy: false, enhancedMaskDecoder: true, positionBiasedInput: false }, {}],
    [
      'TFDebertaV2ForReplacedTokenDetection',
      {},
      {
        'mask_predictions.dense.weight': [16, 16],
        'mask_predictions.dense.bias': [16],
        'mask_predictions.LayerNorm.weight': [16],
        'mask_predictions.LayerNorm.bias': [16],
        'mask_predictions.classifier.weight': [16, 1],
        'mask_predictions.classifier.bias': [1],
      },
    ],
  ];
  test.each(heads)('%s with %j has the weights of its head', (architecture, changes, expected) => {
    const specs = weightSpecs(smallConfig.with(changes), architecture).filter(({ part }) => part === 'head');
    expect(Object.fromEntries(specs.map(({ name, shape }) => [name, shape]))).toEqual(expected);
  });

  const optional: Array<[string, DebertaV2ConfigInput, name: string, shape: number[], pytorchShape: number[]]> = [
    ['token types', { typeVocabSize: 3 }, 'deberta.embeddings.token_type_embeddings.weight', [3, 16], [3, 16]],
    [
      'absolute positions, as wide as the embeddings',
      { positionBiasedInput: true, embeddingSize: 8 },
      'deberta.embeddings.position_embeddings.weight',
      [16, 8],
      [16, 8],
    ],
    ['narrow embeddings', { embeddingSize: 8 }, 'deberta.embeddings.embed_proj.weight', [8, 16], [16, 8]],
    [
      'own position keys',
      { shareAttKey: false },
      'deberta.encoder.layer.1.attention.self.pos_key_proj.weight',
      [16, 16],
      [16, 16],
    ],
    [
      'own position queries',
      { shareAttKey: false },
      'deberta.encoder.layer.1.attention.self.pos_query_proj.bias',
      [16],
      [16],
    ],
    ['a convolution', { convKernelSize: 3 }, 'deberta.encoder.conv.conv.weight', [3, 16, 16], [16, 16, 3]],
    [
      'a grouped convolution',
      { convKernelSize: 5, convGroups: 4 },
      'deberta.encoder.conv.conv.weight',
      [5, 4, 16],
      [16, 4, 5],
    ],
  ];
  test.each(optional)('%s: there only when the configuration asks', (_name, changes, name, shape, pytorchShape) => {
    const find = (config: DebertaV2Config) =>
      weightSpecs(config, 'TFDebertaV2Model').find((spec) => spec.name === name);
    expect(find(smallConfig)).toBeUndefined();
    expect(find(smallConfig.with(changes))).toMatchObject({ shape, pytorchShape });
  });

  const absent: Array<[string, DebertaV2ConfigInput, RegExp]> = [
    ['no relative table without relative attention', { relativeAttention: false }, /rel_embeddings/],
    ['no normalisation of the table unless asked for', { normRelEbd: 'none' }, /encoder\.LayerNorm/],
    ['no position keys without c2p', { shareAttKey: false, posAttType: 'p2c' }, /pos_key_proj/],
    ['no position queries without p2c', { shareAttKey: false, posAttType: 'c2p' }, /pos_query_proj/],
    [
      'no position projections without relative attention',
      { shareAttKey: false, relativeAttention: false },
      /pos_\w+_proj/,
    ],
  ];
  test.each(absent)('%s', (_name, changes, pattern) => {
    const names = weightSpecs(smallConfig.with(changes), 'TFDebertaV2Model').map(({ name }) => name);
    expect(names.filter((name) => pattern.test(name))).toEqual([]);
  });

  test('names are unique in both frameworks', () => {
    const everything = {
      typeVocabSize: 2,
      positionBiasedInput: true,
      embeddingSize: 8,
      shareAttKey: false,
      convKernelSize: 3,
    };
    for (const architecture of ARCHITECTURES) {
      const specs = weightSpecs(smallConfig.with(everything), architecture);
      expect(new Set(specs.map(({ name }) => name)).size).toBe(specs.length);
      expect(new Set(specs.map(({ tfName }) => tfName)).size).toBe(specs.length);
    }
  });
});

describe('canonicalName', () => {
  const rows = WEIGHT_ROWS.map(({ name, tfName }) => [name.replace('{i}', '11'), tfName.replace('{i}', '11')] as const);
  test.each(rows)('%s: by both its names', (name, tfName) => {
    expect(canonicalName(name)).toBe(name);
    expect(canonicalName(tfName)).toBe(name);
    expect(canonicalName(`tf_deberta_v2_for_masked_lm_2/${tfName}:0`)).toBe(name);
    expect(canonicalName(name.replace(/^deberta\./, ''))).toBe(name);
  });

  const query = 'deberta.encoder.layer.0.attention.self.query_proj.weight';
  const norm = 'deberta.embeddings.LayerNorm';
  const table = 'deberta.embeddings.word_embeddings.weight';
  const aliases: Array<[spelling: string, canonical: string]> = [
    ['encoder.layer.0.attention.self.query_proj.weight', query],
    ['bert.encoder.layer.0.attention.self.query_proj.weight', query],
    ['module.deberta.encoder.layer.0.attention.self.query_proj.weight', query],
    ['module.encoder.layer.0.attention.self.query_proj.weight', query],
    ['deberta.deberta.encoder.layer.0.attention.self.query_proj.weight', query],
    ['model.deberta.encoder.layer.0.attention.self.query_proj.weight', query],
    ['deberta/encoder/layer_._0/attention/self/query_proj/kernel:0', query],
    ['my_encoder/deberta/encoder/layer_._0/attention/self/query_proj/kernel:0', query],
    ['tf_deberta_v2_model/deberta_1/encoder/layer_._0/attention/self/query_proj/kernel:0', query],
    ['deberta.encoder.layer.0.attention.self.pos_proj.weight', query.replace('query_proj', 'pos_key_proj')],
    ['deberta.encoder.layer.0.attention.self.pos_q_proj.weight', query.replace('query_proj', 'pos_query_proj')],
    ['deberta.embeddings.LayerNorm.gamma', `${norm}.weight`],
    ['deberta.embeddings.LayerNorm.beta', `${norm}.bias`],
    ['embeddings.LayerNorm.gamma', `${norm}.weight`],
    ['deberta/embeddings/word_embeddings/embeddings:0', table],
    ['deberta/embeddings/position_embeddings/weight:0', 'deberta.embeddings.position_embeddings.weight'],
    ['tf_deberta_v2_model/deberta/encoder/rel_embeddings.weight:0', 'deberta.encoder.rel_embeddings.weight'],
    ['cls.predictions.decoder.bias', 'cls.predictions.bias'],
    ['deberta.classifier.weight', 'classifier.weight'],
    ['module.pooler.dense.bias', 'pooler.dense.bias'],
    ['tf_deberta_v2_for_question_answering/qa_outputs/kernel:0', 'qa_outputs.weight'],
    ['tf_deberta_v2_for_token_classification/classifier_1/bias:0', 'classifier.bias'],
    ['mask_predictions.classifier.weight', 'mask_predictions.classifier.weight'],
    ['mask_predictions/classifier/kernel:0', 'mask_predictions.classifier.weight'],
    ['tf_model/mask_predictions_1/LayerNorm/gamma:0', 'mask_predictions.LayerNorm.weight'],
  ];
  test.each(aliases)('%s is %s', (spelling, canonical) => {
    expect(canonicalName(spelling)).toBe(canonical);
  });

  const unknown = [
    'deberta.embeddings.position_ids',
    'deberta.embeddings.word_embeddings._weight',
    'cls.predictions.decoder.weight',
    'deberta.encoder.layer.0.attention.self.in_proj.weight',
    'Adam/m/deberta/pooler/dense/kernel:0',
    'something.else',
    '',
  ];
  test.each(unknown)('"%s" comes back unchanged', (name) => {
    expect(canonicalName(name)).toBe(name);
  });
});
