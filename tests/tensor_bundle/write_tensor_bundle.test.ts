import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { NodeDef } from '../../src/graph/graph_def';
import { GraphSession } from '../../src/graph/graph_session';
import { localFolder } from '../../src/sources/local_folder';
import type { BundleTensor, FloatTensor } from '../../src/tensor_bundle/bundle_tensor';
import { openTensorBundle } from '../../src/tensor_bundle/tensor_bundle';
import { writeTensorBundle } from '../../src/tensor_bundle/write_tensor_bundle';
import { onTensorflow } from '../harness';

let prefix: string;

beforeEach(() => {
  prefix = join(mkdtempSync(join(tmpdir(), 'tensor-bundle-')), 'variables');
});

afterEach(() => rmSync(join(prefix, '..'), { recursive: true, force: true }));

const dataFile = (shard = 0, count = 1) => `${prefix}.data-0000${shard}-of-0000${count}`;

/** A tensor that comes in these pieces. */
function tensor(name: string, shape: readonly number[], ...pieces: number[][]): FloatTensor {
  return {
    name,
    shape,
    async *pieces() {
      for (const piece of pieces) yield Float32Array.from(piece);
    },
  };
}

const readFloats = (path: string) => [...new Float32Array(new Uint8Array(readFileSync(path)).buffer)];

describe('writeTensorBundle', () => {
  test('writes the numbers one behind the other', async () => {
    const tensors = [tensor('b', [2], [1, 2]), tensor('a', [1, 1], [-3]), tensor('c', [], [4])];
    await writeTensorBundle(prefix, [tensors]);
    expect(readFloats(dataFile())).toEqual([1, 2, -3, 4]);
  });

  test('writes a file for each list of tensors', async () => {
    const large = tensor('b', [2, 2], [1, 2], [3, 4]);
    await writeTensorBundle(prefix, [[tensor('a', [1], [0])], [large, tensor('c', [1], [5])], []]);
    expect(readFloats(dataFile(0, 3))).toEqual([0]);
    expect(readFloats(dataFile(1, 3))).toEqual([1, 2, 3, 4, 5]);
    expect(readFloats(dataFile(2, 3))).toEqual([]);
  });

  test('writes what openTensorBundle reads, with the checksum of all pieces', async () => {
    const text = Uint8Array.of(0, 255, 7);
    const tensors = [
      tensor('scalar', [], [0.5]),
      tensor('empty', [0, 3]),
      tensor('pieces', [3, 2], [1, 2], [3, 4, 5, 6]),
    ];
    await writeTensorBundle(prefix, [[{ name: 'text', text }, ...tensors]]);
    const bundle = await openTensorBundle(localFolder(join(prefix, '..')), 'variables.index');
    expect([...bundle.entries.keys()]).toEqual(['empty', 'pieces', 'scalar', 'text']);
    expect(await bundle.readText('text')).toEqual(text);
    expect(await bundle.read('scalar', 0, 4)).toEqual(new Uint8Array(Float32Array.of(0.5).buffer));
    expect(await bundle.read('pieces', 0, 24)).toEqual(new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer));
    expect(await bundle.read('empty', 0, 0)).toEqual(new Uint8Array());
    await bundle.close();
  });

  test('asks for a piece when all but the one before are written', async () => {
    const sizes: number[] = [];
    const watched = (name: string): BundleTensor => ({
      name,
      shape: [200],
      async *pieces() {
        for (let piece = 0; piece < 2; piece++) {
          sizes.push(statSync(dataFile()).size);
          yield new Float32Array(100);
        }
      },
    });
    await writeTensorBundle(prefix, [[watched('a'), watched('b')]]);
    expect(sizes).toHaveLength(4);
    sizes.forEach((size, piece) => {
      expect(size).toBeGreaterThanOrEqual(400 * (piece - 1));
    });
  });

  test.each([[[]], [[[1, 2, 3]]], [[[1], [2, 3]]]])('refuses the pieces %j for the shape [2]', async (pieces) => {
    await expect(() => writeTensorBundle(prefix, [[tensor('a/kernel', [2], ...pieces)]])).toThrowDebertaError(
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

  test('TensorFlow restores tensors of every rank, from several files', async () => {
    const tensors = [
      tensor('scalar', [], [0.5]),
      tensor('empty', [0, 3]),
      tensor('deberta/encoder/layer_._0/kernel', [2, 3], [1, 2, 3], [4, 5, 6]),
    ];
    await writeTensorBundle(prefix, [tensors.slice(0, 1), tensors.slice(1)]);
    const restored = restore(tensors.map(({ name }) => name));
    expect(restored.map(({ shape }) => shape)).toEqual(tensors.map(({ shape }) => shape));
    expect(restored.map((values) => [...values.dataSync()])).toEqual([[0.5], [], [1, 2, 3, 4, 5, 6]]);
    tf.dispose(restored);
  });

  test('TensorFlow finds each of many, over several blocks of the index', async () => {
    const names = Array.from({ length: 700 }, (_, i) => `encoder/layer_._${i % 25}/part_${i}/kernel`);
    await writeTensorBundle(prefix, [names.map((name, i) => tensor(name, [2], [i, -i]))]);
    expect(statSync(`${prefix}.index`).size).toBeGreaterThan(3 * 4096);
    const restored = restore(names);
    restored.forEach((values, i) => {
      expect([...values.dataSync()]).toEqual([i, -i]);
    });
    tf.dispose(restored);
  });
});
