import {
  ARCHITECTURES,
  type Architecture,
  architectureOf,
  modelTopology,
  toModelName,
} from '../../src/config/architecture';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';

const modelNames: Array<[Architecture, string]> = [
  ['TFDebertaV2Model', 'tf_deberta_v2_model'],
  ['TFDebertaV2ForMaskedLM', 'tf_deberta_v2_for_masked_lm'],
  ['TFDebertaV2ForSequenceClassification', 'tf_deberta_v2_for_sequence_classification'],
  ['TFDebertaV2ForTokenClassification', 'tf_deberta_v2_for_token_classification'],
  ['TFDebertaV2ForQuestionAnswering', 'tf_deberta_v2_for_question_answering'],
  ['TFDebertaV2ForMultipleChoice', 'tf_deberta_v2_for_multiple_choice'],
  ['TFDebertaV2ForReplacedTokenDetection', 'tf_deberta_v2_for_replaced_token_detection'],
];

describe('toModelName', () => {
  test.each(modelNames)('of %s is %s', (architecture, name) => {
    expect(toModelName(architecture)).toBe(name);
  });

  test('knows every architecture', () => {
    expect(modelNames.map(([architecture]) => architecture)).toEqual([...ARCHITECTURES]);
  });
});

describe('architectureOf', () => {
  test.each(ARCHITECTURES)('recognizes %s', (architecture) => {
    expect(architectureOf({ architectures: [architecture] })).toBe(architecture);
  });

  test.each(ARCHITECTURES)('recognizes %s by its name in PyTorch', (architecture) => {
    expect(architectureOf({ architectures: [architecture.replace(/^TF/, '')] })).toBe(architecture);
  });

  test.each([{}, { architectures: [] }, { architectures: null }])('is undefined for %j', (json) => {
    expect(architectureOf(json)).toBeUndefined();
  });

  test('takes the first of several', () => {
    expect(architectureOf({ architectures: ['DebertaV2ForMaskedLM', 'DebertaV2Model'] })).toBe(
      'TFDebertaV2ForMaskedLM',
    );
  });

  test.each(['BertModel', 'DebertaModel', 'TFTFDebertaV2Model', '', 7])(
    'refuses %j and lists what there is',
    (name) => {
      expect(() => architectureOf({ architectures: [name] })).toThrowDebertaError(
        'config',
        /architectures must name one of TFDebertaV2Model, .*TFDebertaV2ForReplacedTokenDetection, received /,
      );
    },
  );
});

describe('modelTopology', () => {
  const config = new DebertaV2Config({ id2label: { 0: 'a_label', 1: 'anotherLabel' }, hiddenAct: 'gelu_new' });

  test.each(modelNames)('of %s carries its class and the name %s', (architecture, name) => {
    expect(modelTopology(architecture, config)).toMatchObject({ class_name: architecture, config: { name } });
  });

  test('holds the configuration as JSON', () => {
    const { config: topology } = modelTopology('TFDebertaV2Model', config);
    expect(DebertaV2Config.fromJSON(JSON.parse(topology.config))).toEqual(config);
  });

  test('has no underscore that tfjs could turn into camelCase on loading', () => {
    expect(modelTopology('TFDebertaV2Model', config).config.config).not.toContain('_');
  });
});
