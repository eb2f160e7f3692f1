import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { weightSpecs } from '../../src/convert/weight_names';
import { logger } from '../../src/logger';
import { fileSystem } from '../../src/models/file_system';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import type { ModelInputs } from '../../src/models/model_inputs';
import type { MaskPositions } from '../../src/models/model_options';
import type { HeadOutput } from '../../src/models/model_outputs';
import type { TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { TFDebertaV2ForReplacedTokenDetection } from '../../src/models/replaced_token_detection';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import '../../src/models/register';
import { createOptimizer } from '../../src/optimizers/create_optimizer';
import { useBackend } from '../../src/runtime/use_backend';
import { eachBackend, type NestedNumbers } from '../harness';
import { deterministicModel, deterministicWeight } from '../harness/deterministic_weights';
import { FIXTURES } from './cases';

/** Run with the code of microsoft/DeBERTa, on weights that are filled by their names. */
const config = new DebertaV2Config({
  vocabSize: 50,
  hiddenSize: 16,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 24,
  maxPositionEmbeddings: 16,
  relativeAttention: true,
  positionBuckets: 4,
  normRelEbd: 'layer_norm',
  shareAttKey: true,
  posAttType: 'p2c|c2p',
  convKernelSize: 3,
  convAct: 'gelu',
  positionBiasedInput: false,
  legacy: false,
  enhancedMaskDecoder: true,
});
const IDS = [
  [1, 7, 23, 11, 2, 0, 0],
  [1, 5, 9, 31, 44, 13, 2],
];
const MASK = [
  [1, 1, 1, 1, 1, 0, 0],
  [1, 1, 1, 1, 1, 1, 1],
];
/** Of the tokens that the original masks, text and position. */
const MASKED: Array<[number, number]> = [
  [0, 1],
  [0, 3],
  [1, 2],
  [1, 5],
];
const LABELS = [7, 11, 9, 13];
const LOSSES = [3.896155, 2.805177, 2.871961, 3.758777];
const AT_0_1 = [-2.46247, -2.706726, -2.596641, -2.146653, -1.415698, -0.499491, 0.482009];
const AT_1_5 = [-2.226667, -2.645533, -2.718041, -2.434808, -1.833016, -0.991529, -0.020557];
const REPLACED = [
  [0.395917, 0.374552, 0.376491, 0.482444, 0.36466, 0.57233, 0.57233],
  [0.340667, 0.322461, 0.371503, 0.311957, 0.306587, 0.355022, 0.307839],
];

const int = (values: NestedNumbers) => tf.tensor(values, undefined, 'int32');
const inputs = () => ({ input_ids: int(IDS), attention_mask: int(MASK) });
const positions = () => tf.tensor2d(MASKED, undefined, 'int32');
const row = (logits: tf.Tensor, index: number[]) =>
  tf.reshape(tf.slice(logits, [...index, 0], [...index.map(() => 1), AT_0_1.length]), [-1]);
const labelsOf = (values: number[]) => {
  const labels = IDS.map((ids) => ids.map(() => -100));
  for (const [index, [text, position]] of MASKED.entries()) labels[text]![position] = values[index]!;
  return int(labels);
};

eachBackend('the heads of the original', () => {
  describe('enhanced mask decoder', () => {
    test('states of the encoder, of the decoder, logits and losses are those of the original', () => {
      const model = deterministicModel(TFDebertaV2ForMaskedLM, config);
      expect(model.head).toBe('enhanced_mask_decoder');
      const { logits, loss, hidden_states } = model.forward(
        { ...inputs(), labels: labelsOf(LABELS) },
        { outputHiddenStates: true },
      );
      expect(hidden_states).toHaveLength(3);
      const last = hidden_states![2]!;
      const states = (index: number[]) => tf.reshape(tf.slice(last, [...index, 0], [1, 1, 6]), [6]);
      expect(states([0, 0])).toBeCloseToTensor([1.015662, -0.141336, 1.49636, -0.356601, 0.890664, 0.057681]);
      expect(states([0, 5])).toBeCloseToTensor([1.469858, -0.54823, 1.200827, -0.221361, 0.046962, 0.35452]);
      const decoded = model.deberta.forward(
        { inputIds: int(IDS), attentionMask: int(MASK) },
        { training: false },
      ).lastHiddenState;
      expect(tf.reshape(tf.slice(decoded, [0, 1, 0], [1, 1, 6]), [6])).toBeCloseToTensor([
        1.08677, -0.211108, 1.49107, -0.355203, 0.790642, 0.088895,
      ]);
      expect(row(logits, [0, 1])).toBeCloseToTensor(AT_0_1);
      expect(row(logits, [1, 5])).toBeCloseToTensor(AT_1_5);
      expect(loss!).toBeCloseToTensor(LOSSES.reduce((sum, value) => sum + value, 0) / 4);
    });

    test('logits, argmax and the loss of each token at chosen positions', () => {
      const model = deterministicModel(TFDebertaV2ForMaskedLM, config);
      const { logits } = model.forward(inputs(), { maskPositions: positions() });
      expect(logits.shape).toEqual([4, 50]);
      expect(row(logits, [0])).toBeCloseToTensor(AT_0_1);
      expect(row(logits, [3])).toBeCloseToTensor(AT_1_5);
      expect([...tf.argMax(logits, 1).dataSync()].filter((_, index) => index % 3 === 0)).toEqual([10, 10]);
      for (const [index, expected] of LOSSES.entries()) {
        const maskPositions = tf.tensor2d([MASKED[index]!], [1, 2], 'int32');
        const { loss } = model.forward({ ...inputs(), labels: int([LABELS[index]!]) }, { maskPositions });
        expect(loss!).toBeCloseToTensor(expected);
      }
    });

    test('labels [B, S] and [N] give the same loss at positions', () => {
      const model = deterministicModel(TFDebertaV2ForMaskedLM, config);
      const lossOf = (labels: tf.Tensor) =>
        model.forward({ ...inputs(), labels }, { maskPositions: positions() }).loss!;
      expect(lossOf(labelsOf(LABELS))).toBeCloseToTensor(lossOf(int(LABELS)));
    });

    // tests/pretraining holds the gradients themselves against PyTorch.
    test('gradients reach every weight, the table of positions too, and are the same recomputed', () => {
      const model = deterministicModel(TFDebertaV2ForMaskedLM, config, { seed: 1 });
      const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const gradients = () => {
        const seed = model.deberta.seeds.state;
        const lossOf = () =>
          model.forward({ ...inputs(), labels: int(LABELS) }, { training: true, maskPositions: positions() })
            .loss as tf.Scalar;
        const { grads } = tf.variableGrads(lossOf, variables);
        model.deberta.seeds.state = seed;
        return variables.map(({ name }) => grads[name]!);
      };
      const plain = gradients();
      const silent = variables.filter((_, index) => tf.max(tf.abs(plain[index]!)).dataSync()[0] === 0);
      expect(silent.map(({ name }) => name)).toEqual([]);
      model.gradientCheckpointingEnable();
      for (const [index, gradient] of gradients().entries()) expect(gradient).toBeCloseToTensor(plain[index]!);
    });

    test('predict gives what forward gives: all tokens, chosen ones in any order, some texts at a time', async () => {
      const model = deterministicModel(TFDebertaV2ForMaskedLM, config);
      const whole = model.forward(inputs()).logits;
      expect(model.predict(inputs()) as tf.Tensor).toBeCloseToTensor(whole);
      const orders: Array<Array<[number, number]>> = [
        MASKED,
        [...MASKED].reverse(),
        [
          [1, 6],
          [0, 5],
        ],
        [[1, 0]],
      ];
      for (const maskPositions of orders) {
        const expected = tf.stack(
          maskPositions.map(([text, position]) => tf.reshape(tf.slice(whole, [text, position, 0], [1, 1, 50]), [50])),
        );
        for (const batchSize of [1, 2]) {
          const predicted = model.predict(inputs(), { maskPositions, batchSize }) as tf.Tensor;
          expect(predicted).toBeCloseToTensor(expected);
        }
        expect((await model.predictAsync(inputs(), { maskPositions, batchSize: 1 })) as tf.Tensor).toBeCloseToTensor(
          expected,
        );
      }
      const tensor = tf.tensor2d(MASKED, undefined, 'int32');
      expect((model.predict(inputs(), { maskPositions: tensor }) as tf.Tensor).shape).toEqual([4, 50]);
      const given = inputs();
      expect(() => model.predict(given, { maskPositions: MASKED })).toCreateTensors(1);
    });
  });

  test('replaced token detection: logits are those of the original, by forward and by predict', () => {
    const model = deterministicModel(TFDebertaV2ForReplacedTokenDetection, config);
    expect(model.forward(inputs()).logits).toBeCloseToTensor(REPLACED);
    expect(model.predict(inputs()) as tf.Tensor).toBeCloseToTensor(REPLACED);
  });

  test('replaced token detection: the loss is the mean over tokens that count', () => {
    const model = deterministicModel(TFDebertaV2ForReplacedTokenDetection, config);
    const labels = [
      [0, 1, 0, 0, 0, -100, -100],
      [0, 0, 1, 0, 1, 0, 0],
    ];
    const losses = labels.flatMap((ofText, text) =>
      ofText.flatMap((label, position) => {
        const logit = REPLACED[text]![position]!;
        return label < 0 ? [] : [Math.log1p(Math.exp(label === 1 ? -logit : logit))];
      }),
    );
    const { loss } = model.forward({ ...inputs(), labels: int(labels) });
    expect(loss!).toBeCloseToTensor(losses.reduce((sum, value) => sum + value, 0) / losses.length);
  });

  const heads = [
    ['enhanced mask decoder', TFDebertaV2ForMaskedLM, () => labelsOf(LABELS)],
    [
      'replaced token detection',
      TFDebertaV2ForReplacedTokenDetection,
      () => int(IDS.map((ids, text) => ids.map((id, at) => (MASK[text]![at] === 0 ? -100 : Number(id > 10))))),
    ],
  ] as const;
  test.each(heads)('%s: fit and evaluate train it', async (_name, modelClass, labels) => {
    const model: TFDebertaV2PreTrainedModel = new modelClass(config, { seed: 1 });
    model.compile({ optimizer: createOptimizer({ initLr: 1e-2, numTrainSteps: 10 }) });
    const before = (await model.evaluate(inputs(), labels())) as tf.Scalar;
    const { loss } = model.forward({ ...inputs(), labels: labels() } as ModelInputs) as HeadOutput<tf.Tensor>;
    expect(before).toBeCloseToTensor(loss!);
    await model.fit(inputs(), labels(), { epochs: 10, verbose: 0 });
    const after = (await model.evaluate(inputs(), labels())) as tf.Scalar;
    expect(after.dataSync()[0]).toBeLessThan(0.8 * before.dataSync()[0]!);
    expect(model.predict(inputs()) as tf.Tensor).toBeCloseToTensor(
      (model.forward(inputs()) as HeadOutput<tf.Tensor>).logits,
    );
  });

  test('saved and loaded by tf.loadLayersModel they are the same models', async () => {
    for (const [, modelClass] of heads) {
      const model: TFDebertaV2PreTrainedModel = deterministicModel<TFDebertaV2PreTrainedModel>(modelClass, config);
      const json = model.toJSON(undefined, false) as { class_name: string };
      const rebuilt = (await tf.models.modelFromJSON({ modelTopology: json } as never)) as TFDebertaV2PreTrainedModel;
      expect(rebuilt.config.toJSON()).toEqual(model.config.toJSON());
      expect(rebuilt.weights.map(({ originalName }) => originalName)).toEqual(
        model.weights.map(({ originalName }) => originalName),
      );
    }
  });
});

describe('with SiFT', () => {
  beforeAll(() => useBackend('wasm'));

  test.each([
    ['enhanced mask decoder', TFDebertaV2ForMaskedLM, () => labelsOf(LABELS)],
    ['replaced token detection', TFDebertaV2ForReplacedTokenDetection, () => int(MASK)],
  ] as const)('%s: the step adds the divergence to the loss, and trains', async (_name, modelClass, labels) => {
    const still = config.with({ hiddenDropoutProb: 0, attentionProbsDropoutProb: 0 });
    const model: TFDebertaV2PreTrainedModel = new modelClass(still, { seed: 1 });
    const { loss } = model.forward({ ...inputs(), labels: labels() } as ModelInputs) as HeadOutput<tf.Tensor>;
    model.compile({ optimizer: createOptimizer({ initLr: 1e-2, numTrainSteps: 4 }), sift: { perturbation: 0.1 } });
    const first = await model.trainStep(inputs(), labels());
    expect(first.loss).toBeGreaterThan(loss!.dataSync()[0]! + 1e-5);
    for (let step = 0; step < 2; step++) await model.trainStep(inputs(), labels());
    const last = await model.trainStep(inputs(), labels());
    expect(last.loss).toBeLessThan(first.loss);
  });
});

describe('files as microsoft/DeBERTa writes them', () => {
  beforeAll(() => useBackend('wasm'));
  const nothing = { missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] };
  const expectHead = (model: TFDebertaV2PreTrainedModel, isHalf: boolean) => {
    const specs = weightSpecs(model.config, model.architecture).filter(({ part }) => part === 'head');
    expect(specs.length).toBeGreaterThan(4);
    for (const spec of specs.filter(({ name }) => !name.includes('position_embeddings'))) {
      const weight = model.weights.find(({ originalName }) => originalName === spec.tfName)!;
      const expected = tf.tensor(deterministicWeight(spec, model.architecture), [...spec.shape]);
      expect(weight.read()).toBeCloseToTensor(expected, isHalf ? 1e-3 : 0);
    }
  };

  test.each(['original_discriminator', 'original_discriminator_float16'])(
    '%s: both models load without a missing or unexpected name',
    async (name) => {
      const folder = join(FIXTURES, 'checkpoints', name);
      const isHalf = name.endsWith('float16');
      const discriminator = await TFDebertaV2ForReplacedTokenDetection.fromPretrained(folder);
      expect(discriminator.loadingInfo).toEqual(nothing);
      expectHead(discriminator, isHalf);
      const generator = await TFDebertaV2ForMaskedLM.fromPretrained(join(folder, 'pytorch_model.generator.bin'));
      expect(generator.loadingInfo).toEqual(nothing);
      expect(generator.head).toBe('enhanced_mask_decoder');
      expectHead(generator, isHalf);
      const plain = await TFDebertaV2ForMaskedLM.fromPretrained(join(folder, 'pytorch_model.generator.bin'), {
        head: 'lm_predictions',
      });
      expect(plain.head).toBe('lm_predictions');
      expect(plain.loadingInfo).toEqual(nothing);
      const [decoded, undecoded] = [generator, plain].map((model) => model.predict(inputs()) as tf.Tensor);
      expect(tf.max(tf.abs(tf.sub(decoded!, undecoded!))).dataSync()[0]).toBeGreaterThan(0.1);
    },
  );

  const formats = ['tfjs', 'safetensors', 'h5', 'tf2'] as const;
  test.each(formats)('saved as %s and loaded, heads and outputs are the same', async (format) => {
    const folder = mkdtempSync(join(tmpdir(), 'heads-'));
    const masked = deterministicModel(TFDebertaV2ForMaskedLM, config);
    const detecting = deterministicModel(TFDebertaV2ForReplacedTokenDetection, config);
    try {
      await masked.savePretrained(join(folder, 'masked'), { format });
      await detecting.savePretrained(join(folder, 'detecting'), { format });
      const maskedAgain = await TFDebertaV2ForMaskedLM.fromPretrained(join(folder, 'masked'));
      const detectingAgain = await TFDebertaV2ForReplacedTokenDetection.fromPretrained(join(folder, 'detecting'));
      expect(maskedAgain.head).toBe('enhanced_mask_decoder');
      expect(maskedAgain.loadingInfo).toEqual(nothing);
      expect(detectingAgain.loadingInfo).toEqual(nothing);
      expect(maskedAgain.predict(inputs()) as tf.Tensor).toBeCloseToTensor(masked.predict(inputs()) as tf.Tensor, 0);
      expect(detectingAgain.predict(inputs()) as tf.Tensor).toBeCloseToTensor(REPLACED);
      if (format !== 'tfjs') return;
      const opened = (await tf.loadLayersModel(fileSystem(join(folder, 'masked')))) as TFDebertaV2ForMaskedLM;
      expect(opened.head).toBe('enhanced_mask_decoder');
      expect(opened.predict(inputs()) as tf.Tensor).toBeCloseToTensor(masked.predict(inputs()) as tf.Tensor, 0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a table of positions of another length is refused by name', async () => {
    const path = join(FIXTURES, 'checkpoints', 'original_discriminator', 'pytorch_model.generator.bin');
    const other = config.with({ maxPositionEmbeddings: 12 });
    await expect(TFDebertaV2ForMaskedLM.fromPretrained(path, { config: other })).rejects.toThrow(
      /position_embeddings\.weight must have shape \[12,16\] by the configuration, received \[16,16\]/,
    );
  });

  test('a checkpoint without a masked-LM head gets a fresh one of the kind asked for, and says so by name', async () => {
    const folder = join(FIXTURES, 'checkpoints', 'safetensors_model');
    const warn = jest.spyOn(logger, 'warn').mockImplementation(() => {});
    const fresh = await TFDebertaV2ForMaskedLM.fromPretrained(folder, { head: 'enhanced_mask_decoder' });
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/lm_predictions\.lm_head\.bias.* newly initialised; train/)],
    ]);
    warn.mockRestore();
    expect(fresh.head).toBe('enhanced_mask_decoder');
    expect(fresh.loadingInfo.missingKeys).toEqual(
      expect.arrayContaining(['lm_predictions.lm_head.bias', 'deberta.embeddings.position_embeddings.weight']),
    );
  });
});

describe('wrong use', () => {
  beforeAll(() => useBackend('wasm'));
  const masked = () => deterministicModel(TFDebertaV2ForMaskedLM, config);

  const bad: Array<[string, MaskPositions, RegExp]> = [
    ['none', [], /at least one pair of text and position, received none/],
    ['a text that is not there', [[2, 0]], /batch of 2 texts of 7 tokens, received text 2, position 0/],
    ['a position that is not there', [[0, 7]], /received text 0, position 7/],
    ['half a position', [[0, 1.5]], /received text 0, position 1.5/],
    ['a negative one', [[0, -1]], /received text 0, position -1/],
    ['what is no pair', [[1]] as never, /received \[\[1\]\]/],
  ];
  test.each(bad)('maskPositions: %s', async (_name, maskPositions, message) => {
    const model = masked();
    expect(() => model.predict(inputs(), { maskPositions })).toThrowDebertaError('input', message);
    await expect(model.predictAsync(inputs(), { maskPositions })).rejects.toThrow(message);
  });

  test('maskPositions of forward that are no pairs', () => {
    const maskPositions = tf.tensor2d([[1, 2, 3]], undefined, 'int32');
    expect(() => masked().forward(inputs(), { maskPositions })).toThrowDebertaError('input', /shape \[N, 2\]/);
  });

  test('maskPositions for a model that scores no vocabulary', () => {
    const model = deterministicModel(TFDebertaV2ForSequenceClassification, config);
    expect(() => model.predict(inputs(), { maskPositions: [[0, 1]] })).toThrowDebertaError(
      'usage',
      /for masked-LM models, received some for TFDebertaV2ForSequenceClassification/,
    );
  });

  test('a text longer than the table of positions, which only the decoder reads', () => {
    const long = tf.ones([1, 17], 'int32');
    expect(() => masked().predict(long)).toThrowDebertaError(
      'input',
      /max_position_embeddings 16\), received length 17/,
    );
    expect(() => masked().forward({ input_ids: long })).toThrowDebertaError('input', /received length 17/);
    const model = deterministicModel(TFDebertaV2ForReplacedTokenDetection, config);
    expect((model.predict(long) as tf.Tensor).shape).toEqual([1, 17]);
  });
});
