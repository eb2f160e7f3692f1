import { configSchema, toSnakeCase } from '../../src/config/config_schema';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { ConfigError } from '../../src/errors';

interface Rule {
  allowed: string;
  fields: string[];
  bad: unknown[];
}

const activation = 'one of gelu, gelu_10, gelu_fast, gelu_new, mish, quick_gelu, relu, sigmoid, silu, swish, tanh';

const rules: Rule[] = [
  {
    allowed: 'a positive integer',
    fields: [
      'vocabSize',
      'hiddenSize',
      'numHiddenLayers',
      'numAttentionHeads',
      'intermediateSize',
      'maxPositionEmbeddings',
      'poolerHiddenSize',
      'convGroups',
      'attentionHeadSize',
      'embeddingSize',
      'numLabels',
    ],
    bad: [0, -1, 1.5, '12', null, Number.NaN, Number.POSITIVE_INFINITY, [1]],
  },
  {
    allowed: 'an integer of at least 0',
    fields: ['typeVocabSize', 'padTokenId', 'convKernelSize'],
    bad: [-1, 0.5, '0', null],
  },
  { allowed: 'an integer', fields: ['maxRelativePositions', 'positionBuckets'], bad: [0.5, '256', null] },
  {
    allowed: 'a number of at least 0 and below 1',
    fields: ['hiddenDropoutProb', 'attentionProbsDropoutProb', 'poolerDropout'],
    bad: [-0.1, 1, 1.5, '0.1', Number.NaN, null],
  },
  {
    allowed: 'a number of at least 0 and below 1, or null',
    fields: ['clsDropout'],
    bad: [-0.1, 1, '0.1'],
  },
  {
    allowed: 'a positive number',
    fields: ['initializerRange', 'layerNormEps'],
    bad: [0, -1e-7, '1e-7', null, Number.POSITIVE_INFINITY],
  },
  {
    allowed: 'true or false',
    fields: ['relativeAttention', 'positionBiasedInput', 'legacy', 'shareAttKey', 'enhancedMaskDecoder'],
    bad: [1, 0, 'true', null],
  },
  {
    allowed: activation,
    fields: ['hiddenAct', 'poolerHiddenAct', 'convAct'],
    bad: ['linear', 'glu', 'GELU', '', 1, null],
  },
  {
    allowed: 'a list such as ["p2c", "c2p"], a string such as "p2c|c2p", or null',
    fields: ['posAttType', 'normRelEbd'],
    bad: [1, true, [1], { c2p: true }],
  },
  { allowed: 'an object from label index to label name', fields: ['id2label'], bad: [['a', 'b'], 'a', { 0: 1 }, 3] },
  {
    allowed: 'an object from label name to label index',
    fields: ['label2id'],
    bad: [['a'], { a: 'b' }, { a: -1 }, { a: 0.5 }],
  },
  {
    allowed: 'regression, single_label_classification, multi_label_classification or null',
    fields: ['problemType'],
    bad: ['classification', '', 1, true],
  },
];

const received = (value: unknown) => (typeof value === 'number' ? String(value) : JSON.stringify(value));

const cases = rules.flatMap(({ allowed, fields, bad }) =>
  fields.flatMap((field) =>
    bad.map((value) => ({ field, key: toSnakeCase(field), value, shown: received(value), allowed })),
  ),
);

test('every field has a rule', () => {
  expect(rules.flatMap((rule) => rule.fields).sort()).toEqual(Object.keys(configSchema.shape).sort());
});

test.each(cases)('$field $shown is refused: $allowed', ({ field, key, value, allowed }) => {
  try {
    new DebertaV2Config({ [field]: value });
    throw new Error('nothing was thrown');
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({
      code: 'config',
      message: `Configuration field ${key} must be ${allowed}, received ${received(value)}.`,
      path: key,
      expected: allowed,
      received: value,
    });
  }
});

test('fromJSON refuses by the same rules', () => {
  expect(() => DebertaV2Config.fromJSON({ hidden_size: '768' })).toThrowDebertaError(
    'config',
    /^Configuration field hidden_size must be a positive integer, received "768"\.$/,
  );
});

const small = { hiddenSize: 12, numAttentionHeads: 3 };

const decoding = { ...small, enhancedMaskDecoder: true, legacy: false, positionBiasedInput: false };

const combinations: Array<[name: string, fields: object, message: string]> = [
  [
    'an enhanced mask decoder of the other head',
    { ...decoding, legacy: true },
    'enhanced_mask_decoder must be false unless legacy and position_biased_input are false, since it is part of the head lm_predictions and adds the positions itself, received true',
  ],
  [
    'an enhanced mask decoder where positions are part of the input',
    { ...decoding, positionBiasedInput: true },
    'enhanced_mask_decoder must be false unless legacy and position_biased_input are false, since it is part of the head lm_predictions and adds the positions itself, received true',
  ],
  [
    'an enhanced mask decoder with narrow embeddings',
    { ...decoding, embeddingSize: 6 },
    'enhanced_mask_decoder must be false where embedding_size (6) is not hidden_size (12), since positions are added to hidden states, received true',
  ],
  [
    'an enhanced mask decoder of one layer',
    { ...decoding, numHiddenLayers: 1 },
    'enhanced_mask_decoder must be false in a model of one layer, since the decoder reads the last layer but one, received true',
  ],
  [
    'a hidden size the heads do not divide',
    { hiddenSize: 10, numAttentionHeads: 3 },
    'hidden_size must be a multiple of num_attention_heads (3), received 10',
  ],
  [
    'a head size that does not fill the hidden size',
    { ...small, attentionHeadSize: 8 },
    'attention_head_size must be hidden_size / num_attention_heads (4), received 8',
  ],
  [
    'a pooler of another width',
    { ...small, poolerHiddenSize: 24 },
    'pooler_hidden_size must be the same as hidden_size (12), received 24',
  ],
  [
    'an even convolution kernel',
    { convKernelSize: 4 },
    'conv_kernel_size must be 0 or odd, since an even kernel changes the length, received 4',
  ],
  [
    'convolution groups that do not divide the hidden size',
    { ...small, convGroups: 5 },
    'conv_groups must be a divisor of hidden_size (12), received 5',
  ],
  [
    'a single position bucket',
    { positionBuckets: 1 },
    'position_buckets must be at least 2, or below 1 for none, received 1',
  ],
  [
    'a padding token outside the vocabulary',
    { vocabSize: 10, padTokenId: 10 },
    'pad_token_id must be below vocab_size (10), received 10',
  ],
];

test.each(combinations)('refuses %s', (_name, fields, message) => {
  expect(() => new DebertaV2Config(fields)).toThrow(new ConfigError(`Configuration field ${message}.`));
  expect(() => new DebertaV2Config(fields)).toThrowDebertaError('config', /received/);
});
