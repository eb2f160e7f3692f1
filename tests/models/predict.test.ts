import * as tf from '@tensorflow/tfjs';
import type { DebertaV2ConfigInput } from '../../src/config/config_schema';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import { TFDebertaV2ForMultipleChoice } from '../../src/models/multiple_choice';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { eachBackend, onTensorflow } from '../harness';
import { tinyConfig } from '../layers/tiny_config';

const int = (values: tf.TensorLike) => tf.tensor(values, undefined, 'int32');
const IDS = [
  [1, 5, 9, 2, 6],
  [3, 10, 0, 4, 4],
  [8, 8, 1, 0, 0],
];
const MASK = [
  [1, 1, 1, 1, 1],
  [1, 1, 1, 1, 1],
  [1, 1, 1, 0, 0],
];
const inputs = () => ({ input_ids: int(IDS), attention_mask: int(MASK) });

const classifier = (changes: DebertaV2ConfigInput = {}) =>
  new TFDebertaV2ForSequenceClassification(tinyConfig({ numLabels: 3, ...changes }), { seed: 1 });

/** Predictions equal forward's, and differ from those before. */
function expectNewAnswers(model: TFDebertaV2ForSequenceClassification | TFDebertaV2ForMaskedLM, before: tf.Tensor) {
  const predicted = model.predict(inputs()) as tf.Tensor;
  expect(predicted).toBeCloseToTensor(model.forward(inputs()).logits);
  expect(predicted).not.toBeCloseToTensor(before, 1e-3);
}

const EXECUTORS = { cpu: 'ops', wasm: 'simd', tensorflow: 'graph' } as const;

eachBackend('predict', (backend) => {
  describe('gives the answers of new weights after', () => {
    test('fit', async () => {
      const model = classifier();
      const before = model.predict(inputs()) as tf.Tensor;
      model.compile({ optimizer: tf.train.sgd(0.5) });
      for (let round = 0; round < 2; round++) {
        await model.fit(inputs(), int([0, 1, 2]), { epochs: 2, verbose: 0 });
        expectNewAnswers(model, before);
      }
    });

    test('setWeights', () => {
      const model = classifier();
      const before = model.predict(inputs()) as tf.Tensor;
      model.setWeights(model.getWeights().map((weight) => tf.add(weight, 0.2)));
      expectNewAnswers(model, before);
    });

    test('an assignment of every single weight that it reads', () => {
      const model = classifier({ shareAttKey: false, positionBiasedInput: true });
      for (const [index, weight] of model.weights.entries()) {
        const before = model.predict(inputs()) as tf.Tensor;
        const noise = tf.randomUniform(weight.shape as number[], -1, 1, 'float32', index + 1);
        weight.write(tf.add(weight.read(), noise));
        const predicted = model.predict(inputs()) as tf.Tensor;
        expect(predicted).toBeCloseToTensor(model.forward(inputs()).logits);
        const change = tf.max(tf.abs(tf.sub(predicted, before))).dataSync()[0]!;
        // This one adds the same to all scores of a query.
        const isRead = !weight.originalName.endsWith('/pos_proj/bias');
        expect([weight.originalName, change > 1e-6]).toEqual([weight.originalName, isRead]);
      }
    });

    test('resizeTokenEmbeddings', () => {
      const model = new TFDebertaV2ForMaskedLM(tinyConfig(), { seed: 1 });
      for (const rows of [13, 11, 20]) {
        model.predict(inputs());
        model.resizeTokenEmbeddings(rows);
        const ids = int([[rows - 1, 1, 2]]);
        const predicted = model.predict(ids) as tf.Tensor;
        expect(predicted.shape).toEqual([1, 3, rows]);
        expect(predicted).toBeCloseToTensor(model.forward({ input_ids: ids }).logits);
      }
    });
  });

  describe('answers as forward for', () => {
    const causal = Array.from({ length: 3 }, () =>
      Array.from({ length: 5 }, (_, query) => Array.from({ length: 5 }, (_, key) => Number(key <= query))),
    );
    const forms: Array<[string, () => tf.Tensor]> = [
      ['a mask of ones', () => tf.ones([3, 5], 'int32')],
      ['ones as booleans', () => tf.ones([3, 5], 'bool')],
      ['[B, S]', () => int(MASK)],
      ['[B, S] as floats', () => tf.tensor2d(MASK)],
      ['[B, S] as booleans', () => tf.tensor2d(MASK, undefined, 'bool')],
      ['[B, S, S]', () => int(causal)],
      ['[B, S, S] as booleans', () => tf.tensor3d(causal, undefined, 'bool')],
      ['[B, 1, S, S]', () => tf.expandDims(int(causal), 1)],
      ['[B, 1, 1, S]', () => int(MASK.map((row) => [[row]]))],
      ['[B, S, S] of ones', () => tf.ones([3, 5, 5], 'int32')],
    ];
    test.each(forms)('masks: %s', (_form, mask) => {
      const model = classifier();
      const given = { input_ids: int(IDS), attention_mask: mask() };
      const { logits } = model.forward(given);
      expect(model.predict(given) as tf.Tensor).toBeCloseToTensor(logits);
      expect(model.predict(given, { batchSize: 2 }) as tf.Tensor).toBeCloseToTensor(logits);
    });

    test('floats in place of ids, with token types and without', () => {
      const model = classifier();
      const ids = tf.tensor2d(IDS);
      expect(model.predict(ids) as tf.Tensor).toBeCloseToTensor(model.forward({ input_ids: int(IDS) }).logits);
      const types = tf.onesLike(ids);
      expect(model.predict({ input_ids: ids, token_type_ids: types }) as tf.Tensor).toBeCloseToTensor(
        model.forward({ input_ids: int(IDS), token_type_ids: tf.cast(types, 'int32') }).logits,
      );
      expect(model.inferenceInfo().executor).toBe(EXECUTORS[backend]);
    });

    test.each([1, 2, 3])('choices in batches of %i', (batchSize) => {
      const model = new TFDebertaV2ForMultipleChoice(tinyConfig(), { seed: 1 });
      const ids = tf.stack([int(IDS), int(MASK), int(IDS)]);
      const { logits } = model.forward({ input_ids: ids });
      expect(model.predict(ids, { batchSize }) as tf.Tensor).toBeCloseToTensor(logits);
    });
  });

  test.each([1, 3])('answers the same again and again, in batches of %i, each row as by itself', (batchSize) => {
    const model = classifier();
    const { logits } = model.forward(inputs());
    for (let call = 0; call < 20; call++) {
      tf.tidy(() => {
        expect(model.predict(inputs(), { batchSize }) as tf.Tensor).toBeCloseToTensor(logits);
      });
    }
    const rows = IDS.map((_, row) => tf.slice(logits, row, 1));
    for (const [row, expected] of rows.entries()) {
      const one = { input_ids: int([IDS[row]!]), attention_mask: int([MASK[row]!]) };
      expect(model.predict(one) as tf.Tensor).toBeCloseToTensor(expected);
    }
  });

  describe('predictAsync', () => {
    test.each([1, 2, 32])('gives what predict gives, in batches of %i, and leaves nothing else', async (batchSize) => {
      const model = classifier();
      const x = inputs();
      const expected = model.predict(x, { batchSize }) as tf.Tensor;
      const before = tf.memory().numTensors;
      const predicted = (await model.predictAsync(x, { batchSize })) as tf.Tensor;
      expect(predicted).toBeCloseToTensor(expected, 0);
      expect(tf.memory().numTensors).toBe(before + 1);
    });

    test('takes choices, and inputs that are gone before it is done', async () => {
      const model = new TFDebertaV2ForMultipleChoice(tinyConfig(), { seed: 1 });
      const ids = tf.stack([int(IDS), int(MASK)]);
      const expected = model.predict(ids) as tf.Tensor;
      const promise = model.predictAsync(ids);
      ids.dispose();
      expect((await promise) as tf.Tensor).toBeCloseToTensor(expected, 0);
    });

    test('several at once, and predict in between, each give their own answers', async () => {
      const model = classifier();
      const [first, second] = [int([IDS[0]!]), int([IDS[1]!, IDS[2]!])];
      const expected = [model.predict(first), model.predict(second)] as tf.Tensor[];
      const promises = [model.predictAsync(first), model.predictAsync(second), model.predictAsync(first)];
      expect(model.predict(second) as tf.Tensor).toBeCloseToTensor(expected[1]!, 0);
      const received = (await Promise.all(promises)) as tf.Tensor[];
      for (const [index, answer] of received.entries()) expect(answer).toBeCloseToTensor(expected[index % 2]!, 0);
    });

    test('refuses what predict refuses', async () => {
      await expect(classifier().predictAsync(int([[99]]))).rejects.toThrow(/input_ids must be integers from 0 to/);
    });
  });

  test('inferencePrecision is one of three, counts from the next call on, and rounds on wasm alone', () => {
    const model = classifier();
    const exact = model.predict(inputs()) as tf.Tensor;
    for (const [precision, bound] of [
      ['float16', 0.003],
      ['int8', 0.1],
      ['float32', 1e-7],
    ] as const) {
      model.inferencePrecision = precision;
      const rounded = model.predict(inputs()) as tf.Tensor;
      expect(rounded).toBeCloseToTensor(exact, bound);
      const isExact = backend !== 'wasm' || precision === 'float32';
      expect([precision, tf.max(tf.abs(tf.sub(rounded, exact))).dataSync()[0]! === 0]).toEqual([precision, isExact]);
      expect(model.inferenceInfo().kernels?.precision).toBe(backend === 'wasm' ? precision : undefined);
    }
    const wrong = () => Object.assign(model, { inferencePrecision: 'int4' });
    expect(wrong).toThrowDebertaError('usage', /must be one of float32, float16, int8, received "int4"/);
  });

  test('within tf.tidy is given to its caller, or forgotten with the rest', () => {
    const model = classifier();
    const x = inputs();
    const expected = model.forward(x).logits;
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      model.predict(x);
    });
    const kept = tf.memory().numTensors;
    const predicted = tf.tidy(() => model.predict(x) as tf.Tensor);
    expect(predicted).toBeCloseToTensor(expected);
    expect(tf.memory().numTensors).toBe(kept + 1);
    predicted.dispose();
    // The tables by length and the projected ones stay; dispose of the model gives them back.
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    model.dispose();
  });

  test.each(['predict', 'forward'] as const)('a text beyond the position table is refused by %s', (method) => {
    const model = new TFDebertaV2Model(tinyConfig({ positionBiasedInput: true }));
    const ids = tf.zeros([1, 9], 'int32');
    const run = () => (method === 'predict' ? model.predict(ids) : model.forward({ input_ids: ids }));
    expect(run).toThrowDebertaError('input', /max_position_embeddings 8\), received length 9; truncate the text/);
  });

  test('a text may be of any length where positions are relative alone', () => {
    const model = new TFDebertaV2Model(tinyConfig({ positionBiasedInput: false }));
    const ids = tf.fill([1, 40], 3, 'int32');
    expect(model.predict(ids) as tf.Tensor).toBeCloseToTensor(model.forward({ input_ids: ids }).last_hidden_state);
  });

  test('inferenceInfo says how, and what is held beside the weights', () => {
    const model = classifier();
    const executor = EXECUTORS[backend];
    const kernels = { build: expect.any(String), threads: expect.any(Number), precision: 'float32' };
    const expected = { executor, compiledShapes: [], ...(backend === 'wasm' ? { kernels } : {}) };
    expect(model.inferenceInfo()).toEqual({ ...expected, heldBytes: 0 });
    model.predict(inputs());
    // Two layers with two tables [2 heads, 8 rows, 3] each; and the kernels' memory, in pages of 64 KiB.
    const tables = 4 * 2 * 2 * 2 * 8 * 3;
    const { heldBytes, ...rest } = model.inferenceInfo();
    expect(rest).toEqual(expected);
    expect((heldBytes - tables) / 65536).toBe(backend === 'wasm' ? Math.ceil((heldBytes - tables) / 65536) : 0);
    expect(heldBytes - tables).toBeLessThan(backend === 'wasm' ? 400_000 : 1);
    model.dispose();
  });

  test('dispose gives back everything, and so does a model that never predicted', () => {
    const x = inputs();
    const before = tf.memory();
    const predicted = classifier();
    tf.dispose([predicted.predict(x), predicted.predict(x.input_ids), predicted.predict(x, { batchSize: 1 })]);
    predicted.dispose();
    classifier().dispose();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  });

  test('500 calls of 50 shapes leave no tensor and no byte behind', () => {
    const model = classifier({ positionBiasedInput: false });
    const shapes = Array.from({ length: 50 }, (_, index) => [1 + (index % 5), 1 + Math.floor(index / 5)] as const);
    const round = () => {
      for (const shape of shapes) {
        tf.tidy(() => {
          const ids = tf.ones([...shape], 'int32');
          model.predict(shape[1] % 2 === 0 ? ids : { input_ids: ids, attention_mask: tf.zerosLike(ids) });
        });
      }
    };
    round();
    const { numTensors, numDataBuffers, numBytes } = tf.memory();
    for (let index = 0; index < 10; index++) round();
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers, numBytes });
    model.dispose();
  });
});

onTensorflow('resident memory', () => {
  test('stays flat over 500 calls of 50 shapes, once each has been seen', () => {
    const model = classifier({ positionBiasedInput: false });
    const ids = Array.from({ length: 50 }, (_, index) =>
      tf.ones([1 + (index % 5), 1 + Math.floor(index / 5)], 'int32'),
    );
    const rounds = (count: number) => {
      for (let round = 0; round < count; round++) for (const x of ids) tf.dispose(model.predict(x));
      return process.memoryUsage().rss / 2 ** 20;
    };
    rounds(5);
    const half = rounds(5);
    const whole = rounds(5);
    expect(whole - half).toBeLessThan(30);
    model.dispose();
  });
});
