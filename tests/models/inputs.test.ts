import * as tf from '@tensorflow/tfjs';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import type { LabelInputs } from '../../src/models/label_inputs';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import type { ModelInputs, PredictInputs } from '../../src/models/model_inputs';
import { TFDebertaV2ForMultipleChoice } from '../../src/models/multiple_choice';
import { TFDebertaV2ForQuestionAnswering } from '../../src/models/question_answering';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { TFDebertaV2ForTokenClassification } from '../../src/models/token_classification';
import { eachBackend } from '../harness';
import { tinyConfig } from '../layers/tiny_config';

beforeAll(() => tf.setBackend('cpu'));

const IDS = [
  [1, 5, 9, 2],
  [3, 10, 0, 4],
];
const MASK = [
  [1, 1, 1, 1],
  [1, 1, 1, 0],
];
const TYPES = [
  [0, 1, 1, 2],
  [0, 0, 0, 1],
];
const int = (values: tf.TensorLike) => tf.tensor(values, undefined, 'int32');
const zeros = (...shape: number[]) => tf.zeros(shape, 'int32');

/** A value of another type than TypeScript would let through, as JavaScript callers may pass it. */
const untyped = <T>(value: unknown) => value as T;

function tokenModel(): TFDebertaV2ForTokenClassification {
  const model = new TFDebertaV2ForTokenClassification(tinyConfig({ numLabels: 3 }), { seed: 1 });
  model.compile({ optimizer: tf.train.sgd(0.1) });
  return model;
}

describe('inputs that predict, fit, evaluate and trainOnBatch refuse', () => {
  const methods: Record<string, (model: TFDebertaV2ForTokenClassification, x: PredictInputs) => unknown> = {
    predict: (model, x) => model.predict(x),
    predictOnBatch: (model, x) => model.predictOnBatch(x),
    evaluate: (model, x) => model.evaluate(x, zeros(2, 4)),
    fit: (model, x) => model.fit(x, zeros(2, 4), { verbose: 0 }),
    trainOnBatch: (model, x) => model.trainOnBatch(x, zeros(2, 4)),
    fitDataset: (model, x) =>
      model.fitDataset(
        { size: 1, iterator: async () => [{ xs: x, ys: zeros(2, 4) }].values() as never },
        { epochs: 1 },
      ),
  };

  describe.each<[string, () => PredictInputs, RegExp]>([
    [
      'ids beyond the vocabulary',
      () => int([[1, 11]]),
      /input_ids must be integers from 0 to 10 \(vocab_size is 11\), received 11/,
    ],
    ['negative ids', () => int([[1, -1]]), /input_ids must be .* received -1/],
    ['fractional ids', () => tf.tensor2d([[1, 2.5]]), /input_ids must be .* received 2.5/],
    ['ids that are no numbers', () => tf.tensor2d([[1, Number.NaN]]), /input_ids must be .* received NaN/],
    [
      'token types beyond their table',
      () => ({
        input_ids: int(IDS),
        token_type_ids: int([
          [0, 0, 0, 3],
          [0, 0, 0, 0],
        ]),
      }),
      /token_type_ids must be integers from 0 to 2 \(type_vocab_size is 3\), received 3/,
    ],
    ['no tokens', () => zeros(2, 0), /\[B, S\] with no axis of 0, received \[2,0\]/],
    ['no texts', () => zeros(0, 4), /\[B, S\] with no axis of 0, received \[0,4\]/],
    ['one text without batch axis', () => zeros(4), /input_ids must have the shape \[B, S\].* received \[4\]/],
    ['choices', () => zeros(2, 3, 4), /input_ids must have the shape \[B, S\].* received \[2,3,4\]/],
    [
      'a mask of another length',
      () => [int(IDS), zeros(2, 3)],
      /attention_mask must have the shape of the tokens, \[2,4\], received \[2,3\]/,
    ],
    ['a mask of another batch', () => [int(IDS), zeros(1, 4)], /attention_mask .* received \[1,4\]/],
    ['token types of another shape', () => [int(IDS), int(MASK), zeros(4, 2)], /token_type_ids .* received \[4,2\]/],
    ['a map without ids', () => ({ attention_mask: int(MASK) }), /must hold the tensor input_ids, received none/],
    ['embedded tokens', () => ({ inputs_embeds: tf.zeros([2, 4, 6]) }), /must hold the tensor input_ids.* forward/],
    [
      'arrays instead of tensors',
      () => ({ input_ids: IDS }),
      /input_ids must be a tensor, received an array; tokenize/,
    ],
    ['a bare array of ids', () => untyped(IDS), /input_ids must be a tensor, received an array/],
    [
      'an array for the mask',
      () => ({ input_ids: int(IDS), attention_mask: MASK }),
      /attention_mask must be a tensor, received an array/,
    ],
    ['a text', () => untyped('a text'), /must be a tensor|must hold the tensor input_ids/],
    ['an empty list', () => [], /must hold the tensor input_ids/],
    ['nothing', () => untyped(undefined), /must hold the tensor input_ids/],
  ])('%s', (_name, x, message) => {
    test.each(Object.keys(methods))('%s', async (method) => {
      const model = tokenModel();
      await expect(async () => methods[method]!(model, x())).toThrowDebertaError('input', message);
    });
  });

  test('what returns a promise rejects and does not throw', () => {
    const model = tokenModel();
    const bad = int([[99]]);
    for (const run of [
      () => model.fit(bad, zeros(1, 1)),
      () => model.trainOnBatch(bad, zeros(1, 1)),
      () => model.fit(untyped(undefined), zeros(1, 1)),
    ]) {
      expect(() => run().catch(() => {})).not.toThrow();
    }
  });

  test('a refused call leaves no tensor behind', async () => {
    const model = tokenModel();
    const [x, y] = [[int(IDS), int(MASK)], zeros(2, 3)];
    const before = tf.memory().numTensors;
    await expect(() => model.fit(x, y)).toThrowDebertaError('input', /labels/);
    await expect(() => model.fit(x, zeros(2, 4), { validationData: [x, y] })).toThrowDebertaError('input', /labels/);
    expect(() => model.evaluate(x, y)).toThrowDebertaError('input', /labels/);
    expect(tf.memory().numTensors).toBe(before + 1);
  });
});

describe('inputs that forward refuses', () => {
  const TOKENS: Array<[string, () => ModelInputs, RegExp]> = [
    [
      'neither ids nor embedded tokens',
      () => ({}),
      /Either input_ids or inputs_embeds must be given, received neither/,
    ],
    [
      'both ids and embedded tokens',
      () => ({ input_ids: int(IDS), inputs_embeds: tf.zeros([2, 4, 6]) }),
      /received both/,
    ],
    ['no tokens', () => ({ input_ids: zeros(2, 0) }), /no axis of 0, received \[2,0\]/],
    ['choices', () => ({ input_ids: zeros(2, 3, 4) }), /\[B, S\].* received \[2,3,4\]/],
    [
      'embedded tokens of another width',
      () => ({ inputs_embeds: tf.zeros([2, 4, 5]) }),
      /\[B, S, 6\].* received \[2,4,5\]/,
    ],
    ['embedded tokens of another rank', () => ({ inputs_embeds: tf.zeros([4, 6]) }), /\[B, S, 6\].* received \[4,6\]/],
    [
      'a mask of another shape',
      () => ({ input_ids: int(IDS), attention_mask: zeros(2, 5) }),
      /attention_mask .* received \[2,5\]/,
    ],
    ['a mask of too few pairs', () => ({ input_ids: int(IDS), attention_mask: zeros(2, 4, 3) }), /attention_mask/],
    ['token types of another shape', () => ({ input_ids: int(IDS), token_type_ids: zeros(4) }), /token_type_ids/],
    ['position ids of another batch', () => ({ input_ids: int(IDS), position_ids: zeros(3, 4) }), /position_ids/],
    ['arrays', () => untyped({ input_ids: IDS }), /input_ids must be a tensor, received an array/],
    [
      'null',
      () => untyped({ input_ids: int(IDS), attention_mask: null }),
      /attention_mask must be a tensor, received null/,
    ],
    ['a text beyond the position table', () => ({ input_ids: zeros(1, 9) }), /max_position_embeddings 8/],
  ];

  test.each(TOKENS)('%s', (_name, inputs, message) => {
    const model = new TFDebertaV2Model(tinyConfig());
    expect(() => model.forward(inputs())).toThrowDebertaError('input', message);
  });

  test.each<[string, () => ModelInputs, RegExp]>([
    ['neither', () => ({}), /received neither/],
    ['ids without choices', () => ({ input_ids: zeros(2, 4) }), /\[B, C, S\].* received \[2,4\]/],
    ['embedded tokens without choices', () => ({ inputs_embeds: tf.zeros([2, 4, 6]) }), /\[B, C, S, 6\]/],
    ['a mask of another shape', () => ({ input_ids: zeros(2, 3, 4), attention_mask: zeros(2, 4) }), /attention_mask/],
    ['position ids of one text', () => ({ input_ids: zeros(2, 3, 4), position_ids: zeros(1, 3, 4) }), /position_ids/],
  ])('multiple choice: %s', (_name, inputs, message) => {
    const model = new TFDebertaV2ForMultipleChoice(tinyConfig());
    expect(() => model.forward(inputs())).toThrowDebertaError('input', message);
    const { input_ids: ids, attention_mask: mask } = inputs();
    if (ids && mask) expect(() => model.predict([ids, mask])).toThrowDebertaError('input', message);
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'token labels',
      () => tokenModel().forward({ input_ids: int(IDS), labels: zeros(4, 2) }),
      /labels must have the shape \[2,4\], received \[4,2\]/,
    ],
    [
      'masked tokens',
      () => new TFDebertaV2ForMaskedLM(tinyConfig()).forward({ input_ids: int(IDS), labels: zeros(2) }),
      /\[2,4\], received \[2\]/,
    ],
    [
      'classes',
      () => new TFDebertaV2ForSequenceClassification(tinyConfig()).forward({ input_ids: int(IDS), labels: zeros(3) }),
      /\[2\], received \[3\]/,
    ],
    [
      'choices',
      () => new TFDebertaV2ForMultipleChoice(tinyConfig()).forward({ input_ids: zeros(2, 3, 4), labels: zeros(2, 3) }),
      /\[2\], received \[2,3\]/,
    ],
    [
      'answers',
      () =>
        new TFDebertaV2ForQuestionAnswering(tinyConfig()).forward({
          input_ids: int(IDS),
          start_positions: zeros(2),
          end_positions: zeros(3),
        }),
      /\[2\], received \[3\]/,
    ],
  ])('labels of another shape: %s', (_name, run, message) => {
    expect(run).toThrowDebertaError('input', message);
  });

  test('a refused pass leaves no tensor behind', () => {
    const model = tokenModel();
    const inputs = { input_ids: int(IDS), labels: zeros(4, 2) };
    tf.dispose(model.forward({ input_ids: inputs.input_ids }));
    const before = tf.memory().numTensors;
    expect(() => model.forward(inputs)).toThrowDebertaError('input', /labels/);
    expect(tf.memory().numTensors).toBe(before);
  });
});

eachBackend('every accepted form of the inputs gives the same', () => {
  const forms: Record<string, () => PredictInputs> = {
    'a map': () => ({ input_ids: int(IDS), attention_mask: int(MASK), token_type_ids: int(TYPES) }),
    'a list': () => [int(IDS), int(MASK), int(TYPES)],
    'a list with more in it': () => [int(IDS), int(MASK), int(TYPES), zeros(7)],
    floats: () => [tf.tensor2d(IDS), tf.tensor2d(MASK), tf.tensor2d(TYPES)],
    'a boolean mask': () => [int(IDS), tf.tensor2d(MASK, undefined, 'bool'), int(TYPES)],
    'a map with other keys': () => ({
      input_ids: int(IDS),
      attention_mask: int(MASK),
      token_type_ids: int(TYPES),
      special_tokens_mask: zeros(9),
      offset_mapping: [[0, 1]],
      tokens: () => ['▁a'],
      length: null,
    }),
    'pairs of tokens for a mask': () => {
      const mask = tf.tensor2d(MASK);
      return [int(IDS), tf.mul(tf.expandDims(mask, 1), tf.expandDims(mask, 2)), int(TYPES)];
    },
  };

  test.each(Object.keys(forms))('%s', async (form) => {
    const model = tokenModel();
    const expected = model.forward({ input_ids: int(IDS), attention_mask: int(MASK), token_type_ids: int(TYPES) });
    const x = forms[form]!();
    expect(model.predict(x) as tf.Tensor).toBeCloseToTensor(expected.logits, 1e-6);
    expect(model.predictOnBatch(x) as tf.Tensor).toBeCloseToTensor(expected.logits, 1e-6);
    const labels = int(TYPES);
    const { loss } = model.forward({
      input_ids: int(IDS),
      attention_mask: int(MASK),
      token_type_ids: int(TYPES),
      labels,
    });
    expect(model.evaluate(x, labels) as tf.Scalar).toBeCloseToTensor(loss!, 1e-6);
    expect(await model.evaluateDataset(datasetOf(x, labels))).toBeCloseToTensor(loss!, 1e-6);
  });

  const datasetOf = (xs: PredictInputs, ys: tf.Tensor) => ({
    size: 1,
    iterator: async () => [{ xs, ys }].values() as never,
  });

  test('ids alone are ids with a mask of ones and token types of 0', () => {
    const model = tokenModel();
    const expected = model.predict([int(IDS), tf.onesLike(int(IDS)), zeros(2, 4)]) as tf.Tensor;
    const alone: PredictInputs[] = [
      int(IDS),
      [int(IDS)],
      { input_ids: int(IDS) },
      { input_ids: int(IDS), attention_mask: undefined, token_type_ids: null },
    ];
    for (const x of alone) expect(model.predict(x) as tf.Tensor).toBeCloseToTensor(expected, 1e-6);
  });

  test('forward takes embedded tokens, position ids and masks of any rank', () => {
    const model = tokenModel();
    const mask = tf.tensor2d(MASK);
    const pairs = tf.mul(tf.expandDims(mask, 1), tf.expandDims(mask, 2));
    const expected = model.forward({ input_ids: int(IDS), attention_mask: mask }).logits;
    const embeds = model.deberta.embeddings.wordEmbeddings.forward(int(IDS));
    const inputs: ModelInputs[] = [
      { inputs_embeds: embeds, attention_mask: mask },
      { input_ids: int(IDS), attention_mask: mask, position_ids: int([[0, 1, 2, 3]]) },
      {
        input_ids: int(IDS),
        attention_mask: mask,
        position_ids: int([
          [0, 1, 2, 3],
          [0, 1, 2, 3],
        ]),
      },
      { input_ids: int(IDS), attention_mask: pairs },
      { input_ids: int(IDS), attention_mask: tf.expandDims(pairs, 1) },
    ];
    for (const given of inputs) expect(model.forward(given).logits).toBeCloseToTensor(expected, 1e-6);
  });

  test('forward of multiple choice ignores what is no input', () => {
    const model = new TFDebertaV2ForMultipleChoice(tinyConfig(), { seed: 1 });
    const ids = tf.stack([int(IDS), int(MASK)]);
    const expected = model.predict(ids) as tf.Tensor;
    const batch = untyped<ModelInputs>({ input_ids: ids, length: zeros(2), tokens: () => [], offsets: [1] });
    expect(model.forward(batch).logits).toBeCloseToTensor(expected, 1e-6);
    const embeds = model.deberta.embeddings.wordEmbeddings.forward(ids);
    expect(model.forward({ inputs_embeds: embeds }).logits).toBeCloseToTensor(expected, 1e-6);
  });

  test('validation data comes in every form that fit takes', async () => {
    const once = { verbose: 0, epochs: 1, shuffle: false } as const;
    const run = async (validationData: [PredictInputs, LabelInputs]) => {
      const { history } = await tokenModel().fit(int(IDS), zeros(2, 4), { ...once, validationData });
      return history.val_loss![0] as number;
    };
    const model = tokenModel();
    await model.fit(int(IDS), zeros(2, 4), once);
    const expected = (model.evaluate(int(IDS), int(TYPES)) as tf.Scalar).dataSync()[0]!;
    for (const validation of [
      [int(IDS), int(TYPES)],
      [
        { input_ids: int(IDS), other: null },
        { labels: int(TYPES), other: null },
      ],
      [[int(IDS)], [int(TYPES)]],
    ] satisfies Array<[PredictInputs, LabelInputs]>) {
      expect(await run(validation)).toBeCloseToTensor(expected, 1e-6);
    }
  });

  test.each([1, 2, 3, 5, 32])('predict and evaluate in batches of %i give the same as at once', (batchSize) => {
    const ids = tf.concat([int(IDS), int(MASK), int([[7, 7, 1, 0]])]);
    const mask = tf.concat([int(MASK), tf.onesLike(int(IDS)), int([[1, 1, 0, 0]])]);
    const model = tokenModel();
    const { logits, loss } = model.forward({ input_ids: ids, attention_mask: mask, labels: zeros(5, 4) });
    expect(model.predict([ids, mask], { batchSize }) as tf.Tensor).toBeCloseToTensor(logits, 1e-6);
    expect(model.evaluate([ids, mask], zeros(5, 4), { batchSize }) as tf.Scalar).toBeCloseToTensor(loss!, 1e-6);
    const answers = new TFDebertaV2ForQuestionAnswering(tinyConfig(), { seed: 1 });
    const { start_logits, end_logits } = answers.forward({ input_ids: ids, attention_mask: mask });
    const [start, end] = answers.predict([ids, mask], { batchSize }) as [tf.Tensor, tf.Tensor];
    expect(start).toBeCloseToTensor(start_logits, 1e-6);
    expect(end).toBeCloseToTensor(end_logits, 1e-6);
  });

  test('token types have no effect, whatever they are, on a model without their table', () => {
    const model = new TFDebertaV2Model(tinyConfig({ typeVocabSize: 0 }), { seed: 1 });
    const expected = model.predict(int(IDS)) as tf.Tensor;
    const types = tf.fill([2, 4], 99, 'int32');
    expect(model.predict({ input_ids: int(IDS), token_type_ids: types }) as tf.Tensor).toBeCloseToTensor(expected, 0);
  });

  test('freezing the model keeps optimizer.minimize from its weights', () => {
    const model = tokenModel();
    model.trainable = false;
    const outsider = tf.variable(tf.scalar(1));
    const before = model.getWeights().map((weight) => weight.dataSync().slice());
    const loss = () => tf.mul(outsider, model.forward({ input_ids: int(IDS), labels: int(TYPES) }).loss!) as tf.Scalar;
    tf.train.sgd(0.1).minimize(loss);
    expect(model.getWeights().map((weight) => weight.dataSync())).toEqual(before);
    expect(outsider.dataSync()[0]).not.toBe(1);
    outsider.dispose();
  });
});
