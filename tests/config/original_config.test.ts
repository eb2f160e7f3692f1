import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { originalConfig } from '../../src/config/original_config';

/** The form of microsoft/DeBERTa's rtd_xsmall.json. */
const RTD = {
  embedding_sharing: 'gdes',
  padding_idx: 1,
  discriminator: { hidden_size: 12, num_attention_heads: 2, num_hidden_layers: 3, pooling: { dropout: 0.5 } },
  generator: { hidden_size: 12, num_attention_heads: 2, num_hidden_layers: 2, padding_idx: 0 },
};

test.each([
  ['discriminator', { embedding_sharing: 'gdes', padding_idx: 1, ...RTD.discriminator }],
  ['generator', { embedding_sharing: 'gdes', ...RTD.generator }],
] as const)('the section of a %s, with what holds for both', (role, expected) => {
  expect(originalConfig(RTD, role)).toEqual(expected);
});

test('a section becomes a configuration', () => {
  const discriminator = DebertaV2Config.fromJSON(originalConfig(RTD, 'discriminator'));
  expect(discriminator).toMatchObject({ numHiddenLayers: 3, padTokenId: 1, poolerDropout: 0.5 });
  const generator = DebertaV2Config.fromJSON(originalConfig(RTD, 'generator'));
  expect(generator).toMatchObject({ numHiddenLayers: 2, padTokenId: 0, poolerDropout: 0 });
});

test.each<[string, unknown]>([
  ["Hugging Face's", { model_type: 'deberta-v2', hidden_size: 12 }],
  ['one model of the original', { hidden_size: 12, padding_idx: 0, pooling: { dropout: 0 } }],
  ['a name that is no section', { generator: 'pytorch_model.generator.bin', hidden_size: 12 }],
  ['a list', []],
  ['nothing', null],
])('%s comes back as it is', (_name, json) => {
  expect(originalConfig(json, 'discriminator')).toBe(json);
  expect(originalConfig(json, 'generator')).toBe(json);
});
