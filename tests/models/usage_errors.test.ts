import * as tf from '@tensorflow/tfjs';
import { TFDebertaV2ForQuestionAnswering } from '../../src/models/question_answering';
import { TFDebertaV2ForTokenClassification } from '../../src/models/token_classification';
import { tinyConfig } from '../layers/tiny_config';

beforeAll(() => tf.setBackend('cpu'));

const zeros = (...shape: number[]) => tf.zeros(shape, 'int32');
const ids = () => tf.ones([2, 4], 'int32');

function compiledModel(): TFDebertaV2ForTokenClassification {
  const model = new TFDebertaV2ForTokenClassification(tinyConfig());
  model.compile({ optimizer: 'sgd' });
  return model;
}

describe('calls that cannot be carried out', () => {
  const run = async (call: (model: TFDebertaV2ForTokenClassification) => unknown, message: RegExp) => {
    await expect(async () => call(compiledModel())).toThrowDebertaError('usage', message);
  };
  const dataset = () => ({ size: 1, iterator: async () => [{ xs: ids(), ys: zeros(2, 4) }].values() as never });

  test.each([0, -1, 1.5, Number.NaN])('a batch size of %p', async (batchSize) => {
    const message = new RegExp(`batchSize must be a positive integer, received ${batchSize}`);
    await run((model) => model.predict(ids(), { batchSize }), message);
    await run((model) => model.evaluate(ids(), zeros(2, 4), { batchSize }), message);
    await run((model) => model.fit(ids(), zeros(2, 4), { batchSize }), message);
  });

  test('class weights where a task has no classes', async () => {
    const model = new TFDebertaV2ForQuestionAnswering(tinyConfig({ numLabels: 2 }));
    model.compile({ optimizer: 'sgd' });
    const fit = () => model.fit(ids(), [zeros(2), zeros(2)], { classWeight: { 0: 1, 1: 2 }, verbose: 0 });
    await expect(fit).toThrowDebertaError('usage', /classWeights need classes, and this task has positions/);
  });

  test('sample weights that are no tensor, or beside class weights of another loss', async () => {
    const message = /sampleWeight must be one tensor/;
    await run((model) => model.fit(ids(), zeros(2, 4), { sampleWeight: [tf.ones([2])] as never }), message);
  });

  test('training and evaluating before compile', async () => {
    const model = new TFDebertaV2ForTokenClassification(tinyConfig());
    for (const call of [
      () => model.fit(ids(), zeros(2, 4)),
      () => model.trainOnBatch(ids(), zeros(2, 4)),
      async () => model.evaluate(ids(), zeros(2, 4)),
      () => model.fitDataset(dataset(), { epochs: 1 }),
      () => model.evaluateDataset(dataset()),
    ]) {
      await expect(call).toThrowDebertaError('usage', /call compile before training or evaluating/);
    }
  });

  test.each([1, 3])('question answering with %i labels', (numLabels) => {
    const make = () => new TFDebertaV2ForQuestionAnswering(tinyConfig({ numLabels }));
    expect(make).toThrowDebertaError('config', new RegExp(`num_labels must be 2 .*received ${numLabels}`));
  });
});
