import type { Architecture } from '../../src/config/architecture';
import type { DebertaV2ConfigInput } from '../../src/config/config_schema';
import type { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { type MaskedLmHeadName, maskedLmHeadName } from '../../src/config/masked_lm_head_name';
import { architectureFromHead } from '../../src/convert/architecture_from_head';
import type { TensorInfo } from '../../src/convert/checkpoint_reader';
import { resolveMaskedLmHead } from '../../src/convert/masked_lm_head';
import { weightSpecs } from '../../src/convert/weight_names';
import { planWeights } from '../../src/convert/weight_plan';
import { smallConfig } from './support';

type Tensors = Map<string, TensorInfo>;

/** The tensors of a PyTorch file of a model. */
function tensorsOf(architecture: Architecture = 'TFDebertaV2Model', changes: DebertaV2ConfigInput = {}): Tensors {
  const specs = weightSpecs(smallConfig.with(changes), architecture);
  return new Map(specs.map(({ name, pytorchShape }) => [name, { dtype: 'F32', shape: pytorchShape }]));
}

const info = (...shape: number[]): TensorInfo => ({ dtype: 'F32', shape });
const encoder = weightSpecs(smallConfig, 'TFDebertaV2Model');
const plan = (tensors: Tensors, specs = encoder) => planWeights(tensors, 'pytorch', specs);

test('a file that fits leaves nothing to report', () => {
  const { entries, info: report } = plan(tensorsOf());
  expect(entries.map(({ spec }) => spec)).toEqual(encoder);
  expect(report).toEqual({ missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] });
});

describe('sources', () => {
  test('aliases are found, and keep their spelling', () => {
    const tensors = tensorsOf();
    tensors.delete('deberta.embeddings.LayerNorm.weight');
    tensors.set('embeddings.LayerNorm.gamma', info(16));
    const entry = plan(tensors).entries.find(({ spec }) => spec.name === 'deberta.embeddings.LayerNorm.weight');
    expect(entry!.source).toBe('embeddings.LayerNorm.gamma');
  });

  test.each([true, false])('the canonical spelling wins over an alias (alias first: %s)', (aliasFirst) => {
    const canonical: Tensors = tensorsOf();
    const alias: Tensors = new Map([['deberta.embeddings.LayerNorm.gamma', info(16)]]);
    const tensors = aliasFirst ? new Map([...alias, ...canonical]) : new Map([...canonical, ...alias]);
    const { entries, info: report } = plan(tensors);
    expect(entries.every(({ source, spec }) => source === spec.name)).toBe(true);
    expect(report.unexpectedKeys).toEqual([]);
  });

  test("shapes are compared in the file's layout", () => {
    const tensors: Tensors = new Map(encoder.map(({ tfName, shape }) => [`${tfName}:0`, info(...shape)]));
    expect(planWeights(tensors, 'tf', encoder).entries).toHaveLength(encoder.length);
    expect(() => planWeights(tensors, 'pytorch', encoder)).toThrowDebertaError(
      'checkpoint',
      /must have shape \[24,16\]/,
    );
  });
});

describe('missing weights', () => {
  const without: Array<[string, DebertaV2ConfigInput, message: RegExp]> = [
    [
      'absolute positions',
      { positionBiasedInput: true },
      /lacks deberta\.embeddings\.position_embeddings\.weight; see whether position_biased_input/,
    ],
    [
      'token types',
      { typeVocabSize: 2 },
      /token_type_embeddings\.weight; see whether type_vocab_size, which asks for token types/,
    ],
    ['narrow embeddings', { embeddingSize: 8 }, /word_embeddings\.weight must have shape \[50,8\]/],
    ['a convolution', { convKernelSize: 3 }, /conv\.conv\.weight, .* and 1 more; see whether conv_kernel_size/],
    ['own projections', { shareAttKey: false }, /pos_key_proj\.weight, .* and 5 more; see whether share_att_key/],
    [
      'more layers',
      { numHiddenLayers: 3 },
      /encoder\.layer\.2\.attention\.self\.query_proj\.weight, .* and 13 more; see whether num_hidden_layers/,
    ],
  ];
  test.each(without)('a file without %s is refused when the configuration asks for them', (_name, changes, message) => {
    const specs = weightSpecs(smallConfig.with(changes), 'TFDebertaV2Model');
    expect(() => plan(tensorsOf(), specs)).toThrowDebertaError('checkpoint', message);
  });

  const removed: Array<[name: string, message: RegExp]> = [
    ['deberta.encoder.rel_embeddings.weight', /see whether relative_attention in config\.json/],
    ['deberta.encoder.LayerNorm.bias', /see whether norm_rel_ebd in config\.json/],
    ['deberta.embeddings.LayerNorm.bias', /it may be cut short or belong to another model/],
  ];
  test.each(removed)('a file without %s is refused', (name, message) => {
    const tensors = tensorsOf();
    tensors.delete(name);
    expect(() => plan(tensors)).toThrowDebertaError('checkpoint', message);
  });

  test('a table that is only a difference is refused with the reason', () => {
    const tensors = tensorsOf();
    tensors.delete('deberta.embeddings.word_embeddings.weight');
    tensors.set('deberta.embeddings.word_embeddings._weight', info(50, 16));
    expect(() => plan(tensors)).toThrowDebertaError(
      'checkpoint',
      /only _weight, a difference to the generator's table/,
    );
  });

  test('a file of another model is refused as such', () => {
    expect(() => plan(new Map([['h.0.attn.c_attn.weight', info(16, 48)]]))).toThrowDebertaError(
      'checkpoint',
      /none of its tensors is a DeBERTa-v2 weight/,
    );
  });

  test('missing weights of a head are listed', () => {
    const specs = weightSpecs(smallConfig, 'TFDebertaV2ForTokenClassification');
    expect(plan(tensorsOf(), specs).info.missingKeys).toEqual(['classifier.weight', 'classifier.bias']);
  });
});

describe('unexpected tensors', () => {
  const harmless = [
    'deberta.embeddings.position_ids',
    'deberta.embeddings.position_embeddings.weight',
    'deberta.embeddings.word_embeddings._weight',
    'cls.predictions.decoder.weight',
    'mask_predictions.dense.weight',
    'mask_predictions.classifier.bias',
  ];
  test.each(harmless)('%s is not worth mentioning', (name) => {
    expect(plan(new Map([...tensorsOf(), [name, info(1)]])).info.unexpectedKeys).toEqual([]);
  });

  const reported = [
    'lm_predictions.lm_head.bias',
    'pooler.dense.weight',
    'deberta.encoder.layer.2.output.dense.bias',
    'deberta.encoder.conv.conv.bias',
    'deberta.embeddings.token_type_embeddings.weight',
    'something.else',
  ];
  test.each(reported)('%s is reported as the file spells it', (name) => {
    const tensors = new Map([...tensorsOf(), [name, info(1)]]);
    expect(plan(tensors).info.unexpectedKeys).toEqual([name]);
  });
});

describe('shapes', () => {
  const specs = weightSpecs(smallConfig.with({ numLabels: 5 }), 'TFDebertaV2ForTokenClassification');
  const tensors = tensorsOf('TFDebertaV2ForTokenClassification', { numLabels: 3 });

  test('another shape is refused', () => {
    expect(() => plan(tensors, specs)).toThrowDebertaError(
      'checkpoint',
      /classifier\.weight must have shape \[5,16\] by the configuration, received \[3,16\] \(and 1 more\)/,
    );
  });

  test('another shape is listed when the caller allows it', () => {
    const { entries, info: report } = planWeights(tensors, 'pytorch', specs, { ignoreMismatchedSizes: true });
    expect(entries).toHaveLength(specs.length - 2);
    expect(report).toEqual({
      missingKeys: [],
      unexpectedKeys: [],
      mismatchedKeys: [
        { name: 'classifier.weight', received: [3, 16], expected: [5, 16] },
        { name: 'classifier.bias', received: [3], expected: [5] },
      ],
    });
  });

  test('as many numbers in another shape are another shape', () => {
    const reshaped = new Map([...tensorsOf(), ['deberta.encoder.rel_embeddings.weight', info(16, 8)]]);
    expect(() => plan(reshaped)).toThrowDebertaError('checkpoint', /must have shape \[8,16\] .* received \[16,8\]/);
  });
});

test.each(['in_proj.weight', 'q_bias', 'v_bias'])('the first version of DeBERTa (%s) is refused', (name) => {
  const tensors = new Map([[`deberta.encoder.layer.0.attention.self.${name}`, info(1)]]);
  expect(() => plan(tensors)).toThrowDebertaError(
    'checkpoint',
    /must be DeBERTa v2 or v3, received .*, a weight of DeBERTa v1/,
  );
});

describe('resolveMaskedLmHead', () => {
  const MASKED = 'TFDebertaV2ForMaskedLM';
  const CLS = 'cls.predictions.bias';
  const LM = 'lm_predictions.lm_head.bias';
  const POSITIONS = 'deberta.embeddings.position_embeddings.weight';
  const unbiased = smallConfig.with({ positionBiasedInput: false });
  const decoding = unbiased.with({ legacy: false, enhancedMaskDecoder: true });
  const tensors = (names: readonly string[]) => new Map(names.map((name) => [name, info(1)]));

  const cases: Array<[string, names: string[], DebertaV2Config, expected: MaskedLmHeadName]> = [
    ["Hugging Face's head", [CLS], unbiased.with({ legacy: false }), 'cls'],
    ["Hugging Face's head, as TensorFlow spells it", ['tf/cls/predictions/transform/dense/kernel:0'], unbiased, 'cls'],
    ["Hugging Face's head beside a table of positions", [CLS, POSITIONS], unbiased, 'cls'],
    ["the original's head", [LM], unbiased, 'lm_predictions'],
    ["the original's head with a table of positions", [LM, POSITIONS], unbiased, 'enhanced_mask_decoder'],
    [
      'a table that is part of the input',
      [LM, POSITIONS],
      smallConfig.with({ positionBiasedInput: true }),
      'lm_predictions',
    ],
    ['narrow embeddings', [LM, POSITIONS], unbiased.with({ embeddingSize: 8 }), 'lm_predictions'],
    ['one layer', [LM, POSITIONS], unbiased.with({ numHiddenLayers: 1 }), 'lm_predictions'],
    ['no head', ['pooler.dense.bias'], unbiased.with({ legacy: false }), 'lm_predictions'],
    ['no head, and a configuration with the decoder', ['pooler.dense.bias'], decoding, 'enhanced_mask_decoder'],
  ];
  test.each(cases)('%s', (_name, names, config, expected) => {
    expect(maskedLmHeadName(resolveMaskedLmHead(MASKED, config, tensors(names)))).toBe(expected);
  });

  const wanted: Array<[string, names: string[], MaskedLmHeadName]> = [
    ['of two heads the one asked for', [CLS, LM, POSITIONS], 'cls'],
    ['of two heads the other', [CLS, LM, POSITIONS], 'lm_predictions'],
    ['no decoder where there could be one', [LM, POSITIONS], 'lm_predictions'],
    ['a fresh head', [], 'enhanced_mask_decoder'],
    ['a fresh ordinary head', [POSITIONS], 'cls'],
  ];
  test.each(wanted)('%s', (_name, names, head) => {
    expect(maskedLmHeadName(resolveMaskedLmHead(MASKED, unbiased, tensors(names), head))).toBe(head);
  });

  const bad: Array<[string, names: string[], DebertaV2Config, MaskedLmHeadName | undefined, RegExp]> = [
    ['two heads', [CLS, LM], unbiased, undefined, /received two that contradict each other, .* by the option head/],
    [
      'a wanted head of which there is another',
      [LM],
      unbiased,
      'cls',
      /must come from weights cls\.predictions, received a checkpoint with lm_predictions/,
    ],
    [
      'the other way round',
      [CLS],
      unbiased,
      'enhanced_mask_decoder',
      /must come from weights lm_predictions, received a checkpoint with cls\.predictions/,
    ],
    ['a configured decoder and an ordinary head', [CLS], decoding, undefined, /must come from weights lm_predictions/],
    [
      'a configured decoder without its table',
      [LM],
      decoding,
      undefined,
      /needs the table deberta\.embeddings\.position_embeddings, received a checkpoint without one/,
    ],
    ['a wanted decoder without its table', [LM], unbiased, 'enhanced_mask_decoder', /choose the head lm_predictions/],
  ];
  test.each(bad)('refuses %s', (_name, names, config, head, message) => {
    expect(() => resolveMaskedLmHead(MASKED, config, tensors(names), head)).toThrowDebertaError('checkpoint', message);
  });

  test('leaves the configuration of other models alone, whatever a file holds', () => {
    for (const names of [[CLS, LM], [LM, POSITIONS], []]) {
      expect(resolveMaskedLmHead('TFDebertaV2Model', unbiased, tensors(names), 'cls')).toBe(unbiased);
    }
  });

  test('a decoder that the model cannot have is an error of the configuration', () => {
    for (const changes of [{ positionBiasedInput: true }, { embeddingSize: 8 }, { numHiddenLayers: 1 }]) {
      const config = unbiased.with(changes);
      expect(() =>
        resolveMaskedLmHead(MASKED, config, tensors([LM, POSITIONS]), 'enhanced_mask_decoder'),
      ).toThrowDebertaError('config', /enhanced_mask_decoder must be false/);
    }
  });
});

describe('architectureFromHead', () => {
  const heads: Architecture[] = [
    'TFDebertaV2ForMaskedLM',
    'TFDebertaV2ForSequenceClassification',
    'TFDebertaV2ForTokenClassification',
    'TFDebertaV2ForQuestionAnswering',
    'TFDebertaV2ForMultipleChoice',
    'TFDebertaV2ForReplacedTokenDetection',
  ];
  test.each(heads)('%s is told by its weights', (architecture) => {
    expect(architectureFromHead(smallConfig, tensorsOf(architecture))).toBe(architecture);
  });

  test("the original's masked-LM head counts", () => {
    expect(architectureFromHead(smallConfig, tensorsOf('TFDebertaV2ForMaskedLM', { legacy: false }))).toBe(
      'TFDebertaV2ForMaskedLM',
    );
  });

  test('one output is a regression when the configuration has one label', () => {
    const changes = { numLabels: 1 };
    expect(architectureFromHead(smallConfig.with(changes), tensorsOf('TFDebertaV2ForMultipleChoice', changes))).toBe(
      'TFDebertaV2ForSequenceClassification',
    );
  });

  test('no head and several heads decide nothing', () => {
    expect(architectureFromHead(smallConfig, tensorsOf())).toBeUndefined();
    const both = new Map([...tensorsOf('TFDebertaV2ForMaskedLM'), ...tensorsOf('TFDebertaV2ForQuestionAnswering')]);
    expect(architectureFromHead(smallConfig, both)).toBeUndefined();
  });
});
