import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { NodeDef } from '../../src/graph/graph_def';
import { GraphSession } from '../../src/graph/graph_session';
import type { SavedVariable } from '../../src/graph/saved_variable';
import { writeTensorBundle } from '../../src/graph/tensor_bundle';
import { onTensorflow } from '../harness';
import { variable } from './example_model';

let prefix: string;

beforeEach(() => {
  prefix = join(mkdtempSync(join(tmpdir(), 'tensor-bundle-')), 'variables');
});

afterEach(() => rmSync(join(prefix, '..'), { recursive: true, force: true }));

const dataFile = () => `${prefix}.data-00000-of-00001`;

describe('writeTensorBundle', () => {
  test('writes the numbers one behind the other', async () => {
    await writeTensorBundle(prefix, [variable('b', [2], [1, 2]), variable('a', [1, 1], [-3]), variable('c', [], [4])]);
    expect(new Float32Array(new Uint8Array(readFileSync(dataFile())).buffer)).toEqual(Float32Array.of(1, 2, -3, 4));
  });

  test('asks for one tensor when the one before is written', async () => {
    const sizes: number[] = [];
    const watched = (name: string): SavedVariable => ({
      name,
      shape: [100],
      values: async () => {
        sizes.push(statSync(dataFile()).size);
        return new Float32Array(100);
      },
    });
    await writeTensorBundle(prefix, [watched('a'), watched('b'), watched('c')]);
    expect(sizes).toEqual([0, 400, 800]);
  });

  test.each([[[]], [[1, 2, 3]]])('refuses %j for the shape [2]', async (values) => {
    await expect(() => writeTensorBundle(prefix, [variable('a/kernel', [2], values)])).toThrowDebertaError(
      'input',
      /Variable a\/kernel of shape \[2\] must have 2 values, received \d/,
    );
  });
});

onTensorflow('writeTensorBundle', () => {
  /** Restores tensors by TensorFlow's own operation, which compares the checksums. */
  function restore(names: readonly string[]): tf.Tensor[] {
    const text = (name: string, values: readonly string[], shape: readonly number[]): NodeDef => ({
      name,
      op: 'Const',
      inputs: [],
      attributes: { dtype: { type: 'string' }, value: { tensor: { dtype: 'string', shape, values } } },
    });
    const many = [names.length];
    const nodes: NodeDef[] = [
      text('prefix', [prefix], []),
      text('names', names, many),
      text(
        'slices',
        names.map(() => ''),
        many,
      ),
      {
        name: 'restore',
        op: 'RestoreV2',
        inputs: ['prefix', 'names', 'slices'],
        attributes: { dtypes: { types: names.map(() => 'float' as const) } },
      },
    ];
    const outputs = names.map((_, index) => `restore:${index}`);
    const session = GraphSession.load({ nodes, functions: [] }, { feeds: [], outputs });
    try {
      return session.run([]);
    } finally {
      session.dispose();
    }
  }

  test('TensorFlow restores tensors of every rank', async () => {
    const variables = [
      variable('scalar', [], [0.5]),
      variable('empty', [0, 3], []),
      variable('deberta/encoder/layer_._0/kernel', [2, 3], [1, 2, 3, 4, 5, 6]),
    ];
    await writeTensorBundle(prefix, variables);
    const restored = restore(variables.map(({ name }) => name));
    for (const [index, { shape, values }] of variables.entries()) {
      expect(restored[index]!.shape).toEqual(shape);
      expect(restored[index]!.dataSync()).toEqual(await values());
    }
    tf.dispose(restored);
  });

  test('TensorFlow finds each of many, over several blocks of the index', async () => {
    const names = Array.from({ length: 700 }, (_, i) => `encoder/layer_._${i % 25}/part_${i}/kernel`);
    await writeTensorBundle(
      prefix,
      names.map((name, i) => variable(name, [2], [i, -i])),
    );
    expect(statSync(`${prefix}.index`).size).toBeGreaterThan(3 * 4096);
    const restored = restore(names);
    restored.forEach((tensor, i) => {
      expect([...tensor.dataSync()]).toEqual([i, -i]);
    });
    tf.dispose(restored);
  });
});
