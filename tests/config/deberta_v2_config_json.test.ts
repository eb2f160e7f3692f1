import { configSchema, toSnakeCase } from '../../src/config/config_schema';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { publishedConfigs } from './published_configs';

/** What a program that reads the written file gets. */
const written = (config: DebertaV2Config): Record<string, unknown> => JSON.parse(JSON.stringify(config));

describe.each(Object.entries(publishedConfigs))('config.json of %s', (_name, json) => {
  const config = DebertaV2Config.fromJSON(json);

  test('resolves to the sizes of the model', () => {
    expect(config).toMatchObject({
      vocabSize: json.vocab_size,
      hiddenSize: json.hidden_size,
      numHiddenLayers: json.num_hidden_layers,
      numAttentionHeads: json.num_attention_heads,
      intermediateSize: json.intermediate_size,
      attentionHeadSize: 64,
      poolerHiddenSize: json.hidden_size,
      embeddingSize: json.hidden_size,
      maxRelativePositions: 512,
      span: 256,
      scaleFactor: 3,
      posAttType: ['p2c', 'c2p'],
      normalizeRelativeEmbeddings: true,
      convKernelSize: 'conv_kernel_size' in json ? 3 : 0,
      convAct: 'conv_act' in json ? 'gelu' : 'tanh',
    });
  });

  test('comes back with every value it had, the terms as a list', () => {
    expect(written(config)).toMatchObject({ ...json, pos_att_type: ['p2c', 'c2p'] });
  });

  test('toJSON and fromJSON are inverse', () => {
    const again = DebertaV2Config.fromJSON(written(config));
    expect(again).toEqual(config);
    expect(again.toJSON()).toEqual(config.toJSON());
  });
});

describe('toJSON', () => {
  test('writes the keys Hugging Face writes, and fallback fields only where they were given', () => {
    expect(Object.keys(new DebertaV2Config().toJSON()).sort()).toEqual([
      'attention_probs_dropout_prob',
      'hidden_act',
      'hidden_dropout_prob',
      'hidden_size',
      'id2label',
      'initializer_range',
      'intermediate_size',
      'label2id',
      'layer_norm_eps',
      'legacy',
      'max_position_embeddings',
      'max_relative_positions',
      'model_type',
      'num_attention_heads',
      'num_hidden_layers',
      'pad_token_id',
      'pooler_dropout',
      'pooler_hidden_act',
      'pooler_hidden_size',
      'pos_att_type',
      'position_biased_input',
      'relative_attention',
      'type_vocab_size',
      'vocab_size',
    ]);
  });

  test('writes what was given, not what it resolves to', () => {
    const json = written(new DebertaV2Config({ maxRelativePositions: -1, clsDropout: null, positionBuckets: -1 }));
    expect(json).toMatchObject({ max_relative_positions: -1, cls_dropout: null, position_buckets: -1 });
  });

  test.each([
    ['layer_norm', 'layer_norm'],
    [['layer_norm', 'x'], 'layer_norm|x'],
    ['', 'none'],
  ])('writes norm_rel_ebd %j as %j', (normRelEbd, expected) => {
    expect(new DebertaV2Config({ normRelEbd }).toJSON().norm_rel_ebd).toBe(expected);
  });

  test('keeps terms this class has no use for', () => {
    expect(DebertaV2Config.fromJSON({ pos_att_type: 'p2p|c2p' }).toJSON().pos_att_type).toEqual(['p2p', 'c2p']);
  });

  test('every field set survives the round trip', () => {
    const config = new DebertaV2Config({
      vocabSize: 60,
      hiddenSize: 12,
      numHiddenLayers: 3,
      numAttentionHeads: 3,
      intermediateSize: 20,
      hiddenAct: 'mish',
      hiddenDropoutProb: 0.2,
      attentionProbsDropoutProb: 0.3,
      maxPositionEmbeddings: 40,
      typeVocabSize: 2,
      initializerRange: 0.5,
      layerNormEps: 1e-5,
      relativeAttention: true,
      maxRelativePositions: 30,
      padTokenId: 3,
      positionBiasedInput: false,
      posAttType: 'c2p',
      poolerDropout: 0.4,
      poolerHiddenAct: 'tanh',
      legacy: false,
      enhancedMaskDecoder: false,
      poolerHiddenSize: 12,
      positionBuckets: 8,
      normRelEbd: 'layer_norm',
      shareAttKey: true,
      convKernelSize: 5,
      convGroups: 2,
      convAct: 'relu',
      attentionHeadSize: 4,
      embeddingSize: 6,
      clsDropout: 0.5,
      id2label: { 0: 'a', 1: 'b_c', 2: 'd' },
      label2id: { a: 0, b_c: 1, d: 2 },
      problemType: 'multi_label_classification',
    });
    const json = written(config);
    expect(DebertaV2Config.fromJSON(json)).toEqual(config);
    const keys = Object.keys(configSchema.shape).map(toSnakeCase);
    // The number of labels is told by their names.
    expect(keys.filter((key) => !(key in json))).toEqual(['num_labels']);
  });
});

describe('fromJSON', () => {
  test('carries keys it does not know to toJSON, whatever they hold', () => {
    const unknown = {
      architectures: ['DebertaV2ForMaskedLM'],
      transformers_version: '4.57.6',
      torch_dtype: 'float16',
      nested: { a: [1, { b: null }] },
      hiddenSize: 'a camelCase key is unknown too',
    };
    expect(written(DebertaV2Config.fromJSON({ ...unknown, hidden_act: 'relu' }))).toMatchObject(unknown);
  });

  test.each([
    'hidden_size',
    'pos_att_type',
    'norm_rel_ebd',
    'pad_token_id',
    'position_buckets',
    'conv_act',
    'cls_dropout',
    'id2label',
    'label2id',
    'num_labels',
    'problem_type',
    'model_type',
    'max_relative_positions',
    'embedding_size',
  ])('takes %s null as Python writes "not set"', (key) => {
    expect(DebertaV2Config.fromJSON({ [key]: null })).toEqual(new DebertaV2Config());
  });

  test('reads the keys of id2label as the strings JSON makes of them', () => {
    expect(DebertaV2Config.fromJSON({ id2label: { '0': 'a', '1': 'b' }, label2id: null })).toMatchObject({
      numLabels: 2,
      id2label: { 0: 'a', 1: 'b' },
      label2id: { a: 0, b: 1 },
    });
  });

  test.each([null, [], 'deberta-v2', 7, true, undefined])('refuses %j, which is no JSON object', (json) => {
    expect(() => DebertaV2Config.fromJSON(json)).toThrowDebertaError('config', /must be a JSON object, received/);
  });

  test('refuses DeBERTa v1 and says what to use', () => {
    expect(() =>
      DebertaV2Config.fromJSON({ ...publishedConfigs['deberta-v3-base'], model_type: 'deberta' }),
    ).toThrowDebertaError(
      'config',
      /model_type must be "deberta-v2", received "deberta".*v1.*use a v2 or v3 checkpoint/,
    );
  });

  test.each(['bert', 'deberta-v3', 'DEBERTA-V2', '', 2])('refuses model_type %j', (modelType) => {
    expect(() => DebertaV2Config.fromJSON({ model_type: modelType })).toThrowDebertaError(
      'config',
      /model_type must be "deberta-v2", received .*only DeBERTa v2 and v3 are supported/,
    );
  });
});

describe('model_config.json of microsoft/DeBERTa', () => {
  const original = {
    attention_probs_dropout_prob: 0.1,
    hidden_act: 'gelu',
    hidden_dropout_prob: 0.1,
    hidden_size: 768,
    initializer_range: 0.02,
    intermediate_size: 3072,
    max_position_embeddings: 512,
    layer_norm_eps: 1e-7,
    num_attention_heads: 12,
    num_hidden_layers: 6,
    type_vocab_size: 0,
    vocab_size: 128100,
    padding_idx: 3,
    pooling: { dropout: 0.25, hidden_act: 'tanh', hidden_size: 768 },
  };

  test('has its padding and pooler settings under the names of Hugging Face', () => {
    const config = DebertaV2Config.fromJSON(original);
    expect(config).toMatchObject({
      padTokenId: 3,
      poolerDropout: 0.25,
      poolerHiddenAct: 'tanh',
      poolerHiddenSize: 768,
    });
    expect(written(config)).toMatchObject({ pad_token_id: 3, pooler_dropout: 0.25, pooler_hidden_act: 'tanh' });
    expect(written(config)).not.toHaveProperty('pooling');
    expect(written(config)).not.toHaveProperty('padding_idx');
  });

  test('yields to Hugging Face keys where both are there', () => {
    const both = { ...original, pad_token_id: 1, pooler_dropout: 0.5 };
    expect(DebertaV2Config.fromJSON(both)).toMatchObject({
      padTokenId: 1,
      poolerDropout: 0.5,
      poolerHiddenAct: 'tanh',
    });
  });

  test('is not changed by being read', () => {
    const copy = structuredClone(original);
    DebertaV2Config.fromJSON(original);
    expect(original).toEqual(copy);
  });
});
