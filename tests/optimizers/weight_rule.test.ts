import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { type WeightRuleOptions, weightRule } from '../../src/optimizers/weight_rule';
import { tinyConfig } from '../layers/tiny_config';

/** Steps below the head of a model with two layers. */
const RULES: ReadonlyArray<[path: string, decays: boolean, depth: number]> = [
  ['deberta/embeddings/word_embeddings/weight', true, 3],
  ['deberta/embeddings/position_embeddings/embeddings', true, 3],
  ['deberta/embeddings/token_type_embeddings/embeddings', true, 3],
  ['deberta/embeddings/LayerNorm/gamma', false, 3],
  ['deberta/embeddings/LayerNorm/beta', false, 3],
  ['deberta/encoder/rel_embeddings.weight', true, 3],
  ['deberta/encoder/LayerNorm/gamma', false, 3],
  ['deberta/encoder/conv/conv/kernel', true, 3],
  ['deberta/encoder/conv/LayerNorm/beta', false, 3],
  ['deberta/encoder/layer_._0/attention/self/query_proj/kernel', true, 2],
  ['deberta/encoder/layer_._0/attention/self/query_proj/bias', false, 2],
  ['deberta/encoder/layer_._0/attention/output/LayerNorm/gamma', false, 2],
  ['deberta/encoder/layer_._1/intermediate/dense/kernel', true, 1],
  ['deberta/encoder/layer_._1/output/dense/bias', false, 1],
  ['pooler/dense/kernel', true, 0],
  ['pooler/dense/bias', false, 0],
  ['classifier/kernel', true, 0],
  ['classifier/bias', false, 0],
];

const model = () => new TFDebertaV2ForSequenceClassification(tinyConfig({ positionBiasedInput: true }));
const pathsOf = (given: { weights: ReadonlyArray<{ originalName: string }> }) =>
  given.weights.map(({ originalName }) => originalName);

test.each(RULES)('%s: decays %p, %i below the head', (path, decays, depth) => {
  expect(pathsOf(model())).toContain(path);
  const rule = weightRule(path, { layerwiseDecay: 0.5, numHiddenLayers: 2 });
  expect(rule).toEqual({ decays, rateScale: 0.5 ** depth });
});

test('of all weights of a model those decay that are kernels and tables', () => {
  for (const path of [...pathsOf(model()), ...pathsOf(new TFDebertaV2ForMaskedLM(tinyConfig()))]) {
    const isMatrix = /(kernel|weight|embeddings)$/.test(path);
    expect([path, weightRule(path, {}).decays]).toEqual([path, isMatrix]);
  }
});

test('without layerwiseDecay every weight has the full rate', () => {
  for (const path of pathsOf(model())) expect(weightRule(path, { numHiddenLayers: 2 }).rateScale).toBe(1);
});

test.each<[path: string, options: WeightRuleOptions, decays: boolean]>([
  ['classifier/bias', { excludeFromWeightDecay: [] }, true],
  ['classifier/kernel', { excludeFromWeightDecay: ['classifier'] }, false],
  ['classifier/bias', { excludeFromWeightDecay: ['kernel'] }, true],
  ['classifier/bias', { includeInWeightDecay: ['bias'] }, true],
  ['classifier/bias', { includeInWeightDecay: [/^classifier/] }, true],
  ['pooler/dense/bias', { includeInWeightDecay: [/^classifier/] }, false],
  ['deberta/encoder/layer_._1/output/dense/kernel', { excludeFromWeightDecay: [/layer_\._1/] }, false],
  ['deberta/encoder/LayerNorm/gamma', { excludeFromWeightDecay: ['layernorm'] }, true],
  // A regular expression with a memory of its last match.
  ['classifier/kernel', { excludeFromWeightDecay: [/kernel/g] }, false],
])('%s with %p', (path, options, decays) => {
  for (let again = 0; again < 2; again++) expect(weightRule(path, options).decays).toBe(decays);
});
