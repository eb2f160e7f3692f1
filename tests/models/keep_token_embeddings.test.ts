import * as tf from '@tensorflow/tfjs';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { renumberTokenIds } from '../../src/config/renumber_token_ids';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import { eachBackend, randomizeWeights } from '../harness';
import { tinyConfig } from '../layers/tiny_config';

const ROWS = [0, 2, 3, 5, 9];
const int = (values: number[][]) => tf.tensor2d(values, undefined, 'int32');
const oldIds = () =>
  int([
    [2, 5, 9, 0],
    [3, 3, 2, 5],
  ]);
const newIds = () =>
  int([
    [1, 3, 4, 0],
    [2, 2, 1, 3],
  ]);

eachBackend('keepTokenEmbeddings', () => {
  afterEach(() => tf.disposeVariables());

  test('the rows that stay give the same hidden states, bit by bit', () => {
    const model = new TFDebertaV2Model(tinyConfig(), { seed: 1 });
    randomizeWeights(model.deberta);
    const forwarded = model.forward({ input_ids: oldIds() }).last_hidden_state;
    const predicted = model.predict(oldIds()) as tf.Tensor;
    model.keepTokenEmbeddings(ROWS);
    expect(model.config.vocabSize).toBe(5);
    expect(model.forward({ input_ids: newIds() }).last_hidden_state).toBeCloseToTensor(forwarded, 0);
    expect(model.predict(newIds()) as tf.Tensor).toBeCloseToTensor(predicted, 0);
    expect(() => model.predict(int([[5]]))).toThrowDebertaError('input', /from 0 to 4/);
  });

  test.each([true, false])('a masked-LM head (legacy %s) scores what is left as before', (legacy) => {
    const model = new TFDebertaV2ForMaskedLM(tinyConfig({ legacy }), { seed: 1 });
    randomizeWeights(model.deberta);
    randomizeWeights(model.lmHead);
    const expected = tf.gather(model.forward({ input_ids: oldIds() }).logits, ROWS, 2);
    model.keepTokenEmbeddings(ROWS);
    expect(model.forward({ input_ids: newIds() }).logits).toBeCloseToTensor(expected);
    expect(model.predict(newIds()) as tf.Tensor).toBeCloseToTensor(expected);
    expect(model.weights.filter(({ shape }) => shape[0] === 5)).toHaveLength(2);
  });

  test('keeps the order it is given, holds no tensor beside, and trains when compiled again', async () => {
    const model = new TFDebertaV2ForMaskedLM(tinyConfig(), { seed: 1 });
    const table = model.deberta.embeddings.wordEmbeddings.table.arraySync() as number[][];
    model.compile({ optimizer: 'sgd' });
    const before = tf.memory();
    model.keepTokenEmbeddings([5, 0, 3]);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    expect(model.deberta.embeddings.wordEmbeddings.table).toBeCloseToTensor([table[5]!, table[0]!, table[3]!], 0);
    expect(model.config.padTokenId).toBe(1);
    const step = () => model.trainStep(int([[0, 1, 2]]), int([[2, -100, 0]]));
    await expect(step).toThrowDebertaError('usage', /compile again/);
    model.compile({ optimizer: 'sgd' });
    expect((await step()).loss).toBeGreaterThan(0);
  });

  const refused: [name: string, rows: number[], message: RegExp][] = [
    ['a row beyond the last', [0, 11], /whole numbers from 0 to 10, received 11/],
    ['a negative row', [0, -1], /received -1/],
    ['half a row', [0, 1.5], /received 1\.5/],
    ['a row twice', [0, 3, 3], /must come once, received 3 twice/],
    ['rows without that of padding', [1, 2], /padding token \(pad_token_id 0\), received 2 without it/],
    ['no row', [], /received 0 without it/],
  ];
  test.each(refused)('%s is refused, and nothing is changed', (_name, rows, message) => {
    const model = new TFDebertaV2Model(tinyConfig(), { seed: 1 });
    expect(() => model.keepTokenEmbeddings(rows)).toThrowDebertaError('input', message);
    expect(model.config.vocabSize).toBe(11);
    expect(model.deberta.embeddings.wordEmbeddings.table.shape).toEqual([11, 6]);
  });
});

test('renumberTokenIds follows every id of a token, and keeps all else', () => {
  const json = {
    ...tinyConfig().toJSON(),
    mask_token_id: 9,
    bos_token_id: 1,
    eos_token_id: null,
    unk_token_id: 3,
    architectures: ['DebertaV2Model'],
  };
  const renumbered = renumberTokenIds(DebertaV2Config.fromJSON(json), ROWS).toJSON();
  expect(renumbered).toEqual({ ...json, vocab_size: 5, mask_token_id: 4, bos_token_id: null, unk_token_id: 2 });
});
