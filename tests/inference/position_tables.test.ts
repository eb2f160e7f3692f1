import * as tf from '@tensorflow/tfjs';
import { lower } from '../../src/inference/lower';
import { PositionTables } from '../../src/inference/position_tables';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { eachBackend, randomizeWeights } from '../harness';
import { tinyConfig } from '../layers/tiny_config';

const HEADS = 2;
const HEAD_SIZE = 3;
/** Rows of a table: twice the span, which is the number of buckets. */
const ROWS = 8;

type Changes = Parameters<typeof tinyConfig>[0];

function setUp(changes: Changes = {}) {
  const config = tinyConfig(changes);
  const model = new TFDebertaV2Model(config);
  randomizeWeights(model as unknown as tf.layers.Layer);
  const variables = new Map(model.weights.map((weight) => [weight.originalName, weight]));
  const tables = new PositionTables(lower('TFDebertaV2Model', config), (name) => variables.get(name)!.read());
  return { model, variables, tables };
}

type Setting = ReturnType<typeof setUp>;

/** The table as the layers of the model project it, `[h, 2 · span, d]`. */
function projectedByLayers({ model }: Setting, layer: number, projection: string): tf.Tensor {
  const rows = model.deberta.encoder.relativeEmbeddings!.forward();
  const path = `deberta/encoder/layer_._${layer}/attention/self/${projection}`;
  const read = (name: string) => model.weights.find(({ originalName }) => originalName === `${path}/${name}`)!.read();
  const projected = tf.add(tf.matMul(rows, read('kernel') as tf.Tensor2D), read('bias'));
  return tf.transpose(tf.reshape(projected, [ROWS, HEADS, HEAD_SIZE]), [1, 0, 2]);
}

const contentScale = (terms: number) => 1 / Math.sqrt(HEAD_SIZE * (1 + terms));

/** `[configuration, its tables by layer: name, projection, scale]`. */
const CONFIGS: Array<[string, Changes, Array<[name: string, projection: string, scale: number]>]> = [
  [
    'shared projections',
    { shareAttKey: true },
    [
      ['position_keys', 'key_proj', 1],
      ['position_queries', 'query_proj', contentScale(2)],
    ],
  ],
  [
    'own projections',
    { shareAttKey: false },
    [
      ['position_keys', 'pos_proj', 1],
      ['position_queries', 'pos_q_proj', contentScale(2)],
    ],
  ],
  ['content to position alone', { posAttType: ['c2p'] }, [['position_keys', 'key_proj', 1]]],
  ['position to content alone', { posAttType: ['p2c'] }, [['position_queries', 'query_proj', contentScale(1)]]],
  [
    'a table that is not normalized',
    { normRelEbd: 'none' },
    [
      ['position_keys', 'key_proj', 1],
      ['position_queries', 'query_proj', contentScale(2)],
    ],
  ],
];

/** The tensors of all tables. */
const tensorsOf = ({ tables }: Setting) => tables.tables.map((table) => tables.get(table));

eachBackend('PositionTables', () => {
  describe.each(CONFIGS)('%s', (_name, changes, expected) => {
    test('has a table for each term and layer, as the layer projects it', () => {
      const setting = setUp(changes);
      setting.tables.refresh();
      const paths = [0, 1].flatMap((layer) => expected.map((table) => [layer, ...table] as const));
      expect(setting.tables.tables.map(({ name }) => name)).toEqual(
        paths.map(([layer, name]) => `deberta/encoder/layer_._${layer}/attention/self/${name}`),
      );
      for (const [index, [layer, , projection, scale]] of paths.entries()) {
        const values = tf.mul(projectedByLayers(setting, layer, projection), scale);
        expect(tensorsOf(setting)[index]!).toBeCloseToTensor(values, 1e-6);
      }
    });

    test('is projected again when a weight it comes from is assigned, and stays the same object otherwise', () => {
      const setting = setUp(changes);
      const { tables, variables } = setting;
      const sources = /rel_embeddings|encoder\/LayerNorm/;
      const projections = expected.map(([, projection]) => `/${projection}/`);
      const isSource = (name: string) => sources.test(name) || projections.some((part) => name.includes(part));
      tables.refresh();
      let latest = tensorsOf(setting);
      for (const [name, weight] of variables) {
        weight.write(tf.add(weight.read(), 0.5));
        tables.refresh();
        const now = tensorsOf(setting);
        expect([name, now.every((tensor, index) => tensor !== latest[index])]).toEqual([name, isSource(name)]);
        expect([name, now.some((tensor, index) => tensor !== latest[index])]).toEqual([name, isSource(name)]);
        expect(now.some(({ isDisposed }) => isDisposed)).toBe(false);
        latest = now;
      }
      const [[, projection, scale]] = expected as [[string, string, number]];
      expect(latest[0]!).toBeCloseToTensor(tf.mul(projectedByLayers(setting, 0, projection), scale), 1e-5);
    });

    test('tells its bytes: none before it is projected, nor after dispose', () => {
      const { tables } = setUp(changes);
      expect(tables.bytes).toBe(0);
      tables.refresh();
      expect(tables.bytes).toBe(4 * HEADS * ROWS * HEAD_SIZE * 2 * expected.length);
      tables.dispose();
      expect(tables.bytes).toBe(0);
    });

    test('holds its tables alone, projected within tf.tidy or again, and gives all back', () => {
      const setting = setUp(changes);
      const { tables, variables } = setting;
      const before = tf.memory().numTensors;
      tf.tidy(() => tables.refresh());
      expect(tf.memory().numTensors).toBe(before + 2 * expected.length);
      const table = variables.get('deberta/encoder/rel_embeddings.weight')!;
      tf.tidy(() => {
        table.write(tf.add(table.read(), 1));
      });
      tables.refresh();
      expect(tf.memory().numTensors).toBe(before + 2 * expected.length);
      tables.dispose();
      tables.dispose();
      expect(tf.memory().numTensors).toBe(before);
      tables.refresh();
      expect(tensorsOf(setting).every(({ isDisposed }) => !isDisposed)).toBe(true);
    });
  });

  test.each<[string, Changes]>([
    ['without relative attention', { relativeAttention: false, shareAttKey: false }],
    ['with no term that reads positions', { posAttType: [] }],
  ])('%s there is none', (_name, changes) => {
    const { tables } = setUp(changes);
    const before = tf.memory().numTensors;
    tables.refresh();
    expect([tables.tables, tables.bytes, tf.memory().numTensors]).toEqual([[], 0, before]);
  });
});
