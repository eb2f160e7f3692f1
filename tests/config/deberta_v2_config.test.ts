import { ACTIVATION_NAMES, type DebertaV2ConfigInput } from '../../src/config/config_schema';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';

describe('defaults', () => {
  const defaults: Array<[field: keyof DebertaV2Config, value: unknown]> = [
    ['vocabSize', 128100],
    ['hiddenSize', 1536],
    ['numHiddenLayers', 24],
    ['numAttentionHeads', 24],
    ['intermediateSize', 6144],
    ['hiddenAct', 'gelu'],
    ['hiddenDropoutProb', 0.1],
    ['attentionProbsDropoutProb', 0.1],
    ['maxPositionEmbeddings', 512],
    ['typeVocabSize', 0],
    ['initializerRange', 0.02],
    ['layerNormEps', 1e-7],
    ['relativeAttention', false],
    ['maxRelativePositions', 512],
    ['padTokenId', 0],
    ['positionBiasedInput', true],
    ['posAttType', []],
    ['poolerDropout', 0],
    ['poolerHiddenAct', 'gelu'],
    ['legacy', true],
    ['enhancedMaskDecoder', false],
    ['poolerHiddenSize', 1536],
    ['positionBuckets', -1],
    ['normalizeRelativeEmbeddings', false],
    ['shareAttKey', false],
    ['convKernelSize', 0],
    ['convGroups', 1],
    ['convAct', 'tanh'],
    ['attentionHeadSize', 64],
    ['embeddingSize', 1536],
    ['clsDropout', 0.1],
    ['numLabels', 2],
    ['id2label', { 0: 'LABEL_0', 1: 'LABEL_1' }],
    ['label2id', { LABEL_0: 0, LABEL_1: 1 }],
    ['problemType', null],
    ['span', 512],
    ['scaleFactor', 1],
  ];

  test.each(defaults)('%s is %j', (field, value) => {
    expect(new DebertaV2Config()[field]).toEqual(value);
  });

  test('are all of the fields', () => {
    expect(Object.keys(new DebertaV2Config()).sort()).toEqual(defaults.map(([field]) => field).sort());
  });

  test('stand in for fields that are undefined', () => {
    expect(new DebertaV2Config({ hiddenAct: undefined, numLabels: undefined })).toEqual(new DebertaV2Config());
  });
});

describe('string and list forms', () => {
  test.each<[DebertaV2ConfigInput['posAttType'], string[]]>([
    ['p2c|c2p', ['p2c', 'c2p']],
    ['c2p|p2c', ['c2p', 'p2c']],
    [' P2C | C2P ', ['p2c', 'c2p']],
    ['c2p', ['c2p']],
    ['', []],
    ['none', []],
    ['p2p|c2p', ['c2p']],
    [
      ['p2c', 'c2p'],
      ['p2c', 'c2p'],
    ],
    [['C2P '], ['c2p']],
    [['p2p'], []],
    [[], []],
    [null, []],
  ])('posAttType %j has the terms %j', (posAttType, terms) => {
    expect(new DebertaV2Config({ posAttType }).posAttType).toEqual(terms);
  });

  test.each<[DebertaV2ConfigInput['normRelEbd'], boolean]>([
    ['layer_norm', true],
    ['LAYER_NORM', true],
    ['none|layer_norm', true],
    [' layer_norm | x', true],
    ['none', false],
    ['batch_norm', false],
    ['', false],
    [['layer_norm'], true],
    [[], false],
    [null, false],
  ])('normRelEbd %j normalizes the relative embeddings: %j', (normRelEbd, normalized) => {
    expect(new DebertaV2Config({ normRelEbd }).normalizeRelativeEmbeddings).toBe(normalized);
  });

  test.each(ACTIVATION_NAMES)('%s may be any of the activations', (name) => {
    const config = new DebertaV2Config({ hiddenAct: name, poolerHiddenAct: name, convAct: name });
    expect([config.hiddenAct, config.poolerHiddenAct, config.convAct]).toEqual([name, name, name]);
  });
});

describe('derived values', () => {
  interface Case {
    fields: DebertaV2ConfigInput;
    derived: Partial<DebertaV2Config>;
  }
  const small = { hiddenSize: 12, numAttentionHeads: 3 };
  const cases: Case[] = [
    { fields: { maxRelativePositions: -1 }, derived: { maxRelativePositions: 512, span: 512 } },
    { fields: { maxRelativePositions: 0 }, derived: { maxRelativePositions: 512, span: 512 } },
    { fields: { maxRelativePositions: 1 }, derived: { maxRelativePositions: 1, span: 1 } },
    { fields: { maxRelativePositions: 20 }, derived: { maxRelativePositions: 20, span: 20 } },
    { fields: { maxPositionEmbeddings: 40 }, derived: { maxRelativePositions: 40, span: 40 } },
    { fields: { positionBuckets: 256 }, derived: { maxRelativePositions: 512, span: 256, positionBuckets: 256 } },
    { fields: { positionBuckets: 0 }, derived: { span: 512 } },
    { fields: { positionBuckets: 8, maxRelativePositions: 64 }, derived: { maxRelativePositions: 64, span: 8 } },
    { fields: { positionBuckets: 256, maxPositionEmbeddings: 128 }, derived: { maxRelativePositions: 128, span: 256 } },
    { fields: { posAttType: 'c2p' }, derived: { scaleFactor: 2 } },
    { fields: { posAttType: 'p2c' }, derived: { scaleFactor: 2 } },
    { fields: { posAttType: 'p2c|c2p' }, derived: { scaleFactor: 3 } },
    { fields: { posAttType: 'c2p|c2p' }, derived: { scaleFactor: 2 } },
    { fields: { posAttType: 'p2p' }, derived: { scaleFactor: 1 } },
    { fields: { posAttType: 'p2c|c2p', relativeAttention: false }, derived: { scaleFactor: 3 } },
    { fields: small, derived: { attentionHeadSize: 4, embeddingSize: 12, poolerHiddenSize: 12 } },
    { fields: { ...small, attentionHeadSize: 4, poolerHiddenSize: 12 }, derived: { attentionHeadSize: 4 } },
    { fields: { ...small, embeddingSize: 8 }, derived: { embeddingSize: 8 } },
    { fields: { hiddenDropoutProb: 0.3 }, derived: { clsDropout: 0.3 } },
    { fields: { hiddenDropoutProb: 0.3, clsDropout: null }, derived: { clsDropout: 0.3 } },
    { fields: { hiddenDropoutProb: 0.3, clsDropout: 0 }, derived: { clsDropout: 0 } },
  ];

  test.each(cases)('$fields resolve to $derived', ({ fields, derived }) => {
    expect(new DebertaV2Config(fields)).toMatchObject(derived);
  });
});

test('a configuration cannot be changed in place', () => {
  const config: { hiddenSize: number } = new DebertaV2Config();
  expect(() => {
    config.hiddenSize = 1;
  }).toThrow(TypeError);
});

describe('with', () => {
  const config = DebertaV2Config.fromJSON({ hidden_act: 'relu', id2label: { 0: 'ham', 1: 'spam' }, custom: [1] });

  test('changes what is given and keeps the rest, unknown keys and label names included', () => {
    const changed = config.with({ hiddenDropoutProb: 0 });
    expect(changed).toMatchObject({
      hiddenDropoutProb: 0,
      clsDropout: 0,
      hiddenAct: 'relu',
      label2id: { ham: 0, spam: 1 },
    });
    expect(changed.toJSON()).toMatchObject({ custom: [1] });
    expect(config.hiddenDropoutProb).toBe(0.1);
  });

  test('a number of labels resets their names', () => {
    const changed = config.with({ numLabels: 3 });
    expect(changed.id2label).toEqual({ 0: 'LABEL_0', 1: 'LABEL_1', 2: 'LABEL_2' });
    expect(changed.label2id).toEqual({ LABEL_0: 0, LABEL_1: 1, LABEL_2: 2 });
  });

  test('names of labels set their number', () => {
    expect(config.with({ id2label: { 0: 'a', 1: 'b', 2: 'c' } })).toMatchObject({
      numLabels: 3,
      label2id: { a: 0, b: 1, c: 2 },
    });
  });

  test('fields that are undefined change nothing', () => {
    expect(config.with({ numLabels: undefined, id2label: undefined, hiddenAct: undefined })).toEqual(config);
  });

  test('refuses what the constructor refuses', () => {
    expect(() => config.with({ hiddenSize: 7 })).toThrowDebertaError('config', /hidden_size .* received 7/);
  });
});
