import * as tf from '@tensorflow/tfjs';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import type { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import type { TFDebertaV2ForTokenClassification } from '../../src/models/token_classification';
import { eachBackend } from '../harness';
import { deterministicModel } from '../harness/deterministic_weights';
import { configFor, HEAD_NAMES, HEADS, type HeadName, MODEL_FIXTURES, tensorsOf } from './cases';

const CASE = MODEL_FIXTURES.find((fixture) => fixture.case === 'conv_kernel_3')!;
const WITHOUT_DROPOUT = { hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 };
const LEARNING_RATE = 0.05;

function modelOf(head: HeadName, changes: Record<string, unknown> = WITHOUT_DROPOUT) {
  const config = configFor({ ...CASE.config, ...changes }, head);
  return deterministicModel<InstanceType<(typeof HEADS)[typeof head]>>(HEADS[head], config, { seed: 1 });
}

/** Inputs, labels in the form `fit` takes them, and the reference's loss before training. */
function dataOf(head: HeadName) {
  const fixture = CASE[head]!;
  const { labels, start_positions, end_positions, ...x } = tensorsOf(CASE.inputs, fixture);
  const y = labels ?? { start_positions: start_positions!, end_positions: end_positions! };
  return { x, y, loss: fixture.loss };
}

eachBackend('training', () => {
  describe.each(HEAD_NAMES)('%s', (head) => {
    test('compile without a loss uses the task’s own, and fit starts from the reference’s loss and lowers it', async () => {
      const model = modelOf(head);
      const { x, y, loss } = dataOf(head);
      model.compile({ optimizer: tf.train.sgd(LEARNING_RATE) });
      const { history } = await model.fit(x, y, { epochs: 5, batchSize: 2, shuffle: false, verbose: 0 });
      const losses = history.loss as number[];
      expect(losses[0]!).toBeCloseToTensor(loss);
      expect(losses[4]!).toBeLessThan(losses[0]!);
    });

    test('fit, trainOnBatch, fitDataset and optimizer.minimize take the same step', async () => {
      const { x, y } = dataOf(head);
      const steps: Record<string, (model: ReturnType<typeof modelOf>) => unknown> = {
        minimize: (model) => {
          const inputs = tensorsOf(CASE.inputs, CASE[head]);
          tf.train.sgd(LEARNING_RATE).minimize(() => model.forward(inputs, { training: true }).loss!);
        },
        fit: (model) => model.fit(x, y, { epochs: 1, batchSize: 2, verbose: 0 }),
        trainOnBatch: (model) => model.trainOnBatch(x, y),
        fitDataset: (model) => {
          const dataset = tf.data.generator(function* () {
            const { x: xs, y: ys } = dataOf(head);
            yield { xs, ys };
          });
          return model.fitDataset(dataset, { epochs: 1, verbose: 0 });
        },
      };
      const trained: Float32Array[][] = [];
      for (const step of Object.values(steps)) {
        const model = modelOf(head);
        model.compile({ optimizer: tf.train.sgd(LEARNING_RATE) });
        await step(model);
        trained.push(model.getWeights().map((weight) => weight.dataSync<'float32'>()));
      }
      for (const weights of trained.slice(1)) {
        for (const [index, values] of weights.entries()) {
          expect(tf.tensor1d(values)).toBeCloseToTensor(tf.tensor1d(trained[0]![index]!), 1e-6);
        }
      }
    });

    test('evaluate and evaluateDataset give the reference’s loss', async () => {
      const model = modelOf(head);
      const { x, y, loss } = dataOf(head);
      model.compile({ optimizer: 'sgd' });
      const evaluated = [model.evaluate(x, y, { batchSize: 2 })].flat()[0]!;
      expect(evaluated).toBeCloseToTensor(loss);
      const dataset = tf.data.array([0]).map(() => ({ xs: dataOf(head).x, ys: dataOf(head).y }));
      const streamed = [await model.evaluateDataset(dataset, { batches: 1 })].flat()[0]!;
      expect(streamed).toBeCloseToTensor(loss);
    });

    test('20 predicts leave no tensor behind', () => {
      const model = modelOf(head);
      const { x } = dataOf(head);
      tf.dispose(model.predict(x));
      const before = tf.memory().numTensors;
      for (let step = 0; step < 20; step++) tf.dispose(model.predict(x));
      expect(tf.memory().numTensors).toBe(before);
    });

    test('training leaves no tensor behind', async () => {
      const model = modelOf(head, {});
      const { x, y } = dataOf(head);
      model.compile({ optimizer: tf.train.adam(1e-3) });
      await model.fit(x, y, { epochs: 1, verbose: 0 });
      // On tensorflow training pads, so that evaluation keeps rows for another length.
      tf.dispose(model.evaluate(x, y));
      const before = tf.memory().numTensors;
      await model.fit(x, y, { epochs: 8, verbose: 0 });
      expect(tf.memory().numTensors).toBe(before);
      const dataset = tf.data.array([0]).map(() => ({ xs: dataOf(head).x, ys: dataOf(head).y }));
      await model.fitDataset(dataset, { epochs: 3, verbose: 0, validationData: [x, y] as never });
      expect(tf.memory().numTensors).toBe(before);
    });

    test('dispose releases everything the model made', () => {
      const before = tf.memory().numTensors;
      const model = modelOf(head);
      const { x, y } = dataOf(head);
      tf.dispose(model.predict(x));
      model.dispose();
      tf.dispose([x, y]);
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  test('accuracy counts class indices and leaves ignored tokens out', async () => {
    const model = modelOf('token_classification') as TFDebertaV2ForTokenClassification;
    const { x, y } = dataOf('token_classification');
    model.compile({ optimizer: 'sgd', metrics: ['accuracy'] });
    const [, accuracy] = model.evaluate(x, y, { batchSize: 2 }) as tf.Scalar[];
    const predicted = tf.argMax(model.predict(x) as tf.Tensor, -1).dataSync();
    const labels = (y as tf.Tensor).dataSync();
    const counted = [...labels].flatMap((label, i) => (label === -100 ? [] : [Number(label === predicted[i])]));
    const expected = counted.reduce((sum, hit) => sum + hit, 0) / counted.length;
    expect(accuracy!).toBeCloseToTensor(expected);
    const { history } = await model.fit(x, y, { epochs: 1, verbose: 0 });
    expect(Object.keys(history)).toEqual(['loss', 'acc']);
  });

  test('the same seed gives the same initial weights, dropout and training', async () => {
    const run = async (seed: number) => {
      const model = new TFDebertaV2ForSequenceClassification(configFor(CASE.config, 'sequence_classification'), {
        seed,
      });
      const { x, y } = dataOf('sequence_classification');
      model.compile({ optimizer: tf.train.adam(1e-2) });
      const { history } = await model.fit(x, y, { epochs: 3, shuffle: false, verbose: 0 });
      return history.loss;
    };
    expect(await run(3)).toEqual(await run(3));
    expect(await run(3)).not.toEqual(await run(4));
  });

  test('dropout reaches every site: without a single rate, training differs from inference', () => {
    // Site by site: which probability in the configuration switches it on.
    const { x } = dataOf('sequence_classification');
    for (const rate of [
      { hidden_dropout_prob: 0.5 },
      { attention_probs_dropout_prob: 0.5 },
      { pooler_dropout: 0.5 },
      { cls_dropout: 0.5 },
    ]) {
      const model = modelOf('sequence_classification', {
        ...WITHOUT_DROPOUT,
        ...rate,
      }) as TFDebertaV2ForSequenceClassification;
      const inference = model.forward(x).logits;
      const training = model.forward(x, { training: true }).logits;
      expect(tf.max(tf.abs(tf.sub(inference, training))).dataSync()[0]!).toBeGreaterThan(1e-3);
      expect(model.forward(x).logits).toBeCloseToTensor(inference);
    }
  });

  test('freezing the encoder leaves the head to train', async () => {
    const model = modelOf('sequence_classification');
    const { x, y } = dataOf('sequence_classification');
    model.deberta.trainable = false;
    model.compile({ optimizer: tf.train.sgd(LEARNING_RATE) });
    const values = () =>
      new Map(model.weights.map((weight) => [weight.originalName, weight.read().dataSync().slice()]));
    const before = values();
    await model.fit(x, y, { epochs: 1, verbose: 0 });
    for (const [name, after] of values()) {
      const isHead = !name.startsWith('deberta/');
      expect([name, tf.util.arraysEqual(after, before.get(name)!)]).toEqual([name, !isHead]);
    }
  });

  test('the vocabulary grows and shrinks, with the tied head', async () => {
    const model = modelOf('masked_lm') as TFDebertaV2ForMaskedLM;
    const { x, y } = dataOf('masked_lm');
    const before = model.predict(x) as tf.Tensor3D;
    const seven = tf.tensor2d([[7, 8, 53]], undefined, 'int32');
    model.resizeTokenEmbeddings(54);
    expect(model.config.vocabSize).toBe(54);
    const grown = model.predict(x) as tf.Tensor3D;
    expect(tf.slice(grown, [0, 0, 0], before.shape)).toBeCloseToTensor(before);
    expect((model.predict(seven) as tf.Tensor).shape).toEqual([1, 3, 54]);
    model.compile({ optimizer: tf.train.adam(1e-3) });
    await model.fit(x, y, { epochs: 1, verbose: 0 });
    model.resizeTokenEmbeddings(45);
    await expect(() => model.fit(x, y, { epochs: 1, verbose: 0 })).rejects.toThrow(/call compile again/);
    expect(() => model.predict(seven)).toThrow(/from 0 to 44/);
  });
});

test('the bare encoder has no loss of its own and takes one', async () => {
  const model = deterministicModel(TFDebertaV2Model, configFor({ ...CASE.config, ...WITHOUT_DROPOUT }, 'model'));
  expect(() => model.compile({ optimizer: 'sgd' })).toThrow(/no loss of its own/);
  const x = tensorsOf(CASE.inputs);
  model.compile({ optimizer: tf.train.sgd(LEARNING_RATE), loss: 'meanSquaredError' });
  const target = tf.zeros([2, 7, 16]);
  const { history } = await model.fit(x, target, { epochs: 2, verbose: 0 });
  expect(history.loss![1]).toBeLessThan(history.loss![0] as number);
});
