import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { writeSavedModel } from '../../src/graph/write_saved_model';
import { localFolder } from '../../src/sources/local_folder';
import { openTensorBundle } from '../../src/tensor_bundle/tensor_bundle';
import { onTensorflow } from '../harness';
import { exampleInput, exampleModel, exampleOutput, variable } from './example_model';

let root: string;
let folder: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'saved-model-'));
  folder = join(root, 'model');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const files = () => readdirSync(folder, { recursive: true }).sort();

describe('writeSavedModel', () => {
  test('makes the files of a SavedModel', async () => {
    await writeSavedModel(folder, exampleModel);
    expect(files()).toEqual([
      'saved_model.pb',
      'variables',
      'variables/variables.data-00000-of-00001',
      'variables/variables.index',
    ]);
  });

  test('makes one file without variables', async () => {
    const { variables: _, ...rest } = exampleModel;
    await writeSavedModel(folder, rest);
    expect(files()).toEqual(['saved_model.pb']);
  });

  test('keeps values that the graph has no use for beside the variables', async () => {
    await writeSavedModel(folder, { ...exampleModel, unused: [variable('table', [2], [7, 8])] });
    const { entries, read, close } = await openTensorBundle(localFolder(folder), 'variables/variables.index');
    expect([...entries.keys()]).toEqual(['layer_._0/bias', 'layer_._0/kernel', 'table']);
    expect(await read('table', 0, 8)).toEqual(new Uint8Array(Float32Array.of(7, 8).buffer));
    await close();
  });

  test('gives the same bytes for the same model', async () => {
    await writeSavedModel(folder, exampleModel);
    await writeSavedModel(`${folder}_again`, exampleModel);
    for (const file of files().filter((name) => /\.(pb|index)$/.test(String(name)))) {
      expect(readFileSync(join(`${folder}_again`, String(file)))).toEqual(readFileSync(join(folder, String(file))));
    }
  });

  test('keeps a folder that exists, unless it may overwrite', async () => {
    await writeSavedModel(folder, exampleModel);
    writeFileSync(join(folder, 'precious.txt'), 'keep me');
    await expect(() => writeSavedModel(folder, exampleModel)).toThrowDebertaError('output', /model exists already/);
    expect(files()).toContain('precious.txt');
    await writeSavedModel(folder, exampleModel, { overwrite: true });
    expect(files()).not.toContain('precious.txt');
  });

  test('leaves nothing when a variable cannot be read or does not fit', async () => {
    const failing = { name: 'layer_._0/bias', shape: [3], values: () => Promise.reject(new TypeError('a bug')) };
    const [kernel] = exampleModel.variables!;
    await expect(writeSavedModel(folder, { ...exampleModel, variables: [kernel!, failing] })).rejects.toThrow('a bug');
    const short = variable('layer_._0/bias', [3], [1]);
    await expect(() => writeSavedModel(folder, { ...exampleModel, variables: [kernel!, short] })).toThrowDebertaError(
      'input',
      /layer_\._0\/bias/,
    );
    expect(existsSync(folder)).toBe(false);
    expect(readdirSync(root)).toEqual([]);
  });
});

onTensorflow('writeSavedModel', () => {
  test("tfjs-node's own loader restores the variables and runs the signature", async () => {
    await writeSavedModel(folder, { ...exampleModel, unused: [variable('table', [2], [7, 8])] });
    const { node } = await import('@tensorflow/tfjs-node-gpu');
    const model = await node.loadSavedModel(folder);
    const result = model.predict({ x: tf.tensor2d(exampleInput, [2, 2], 'int32') }) as Record<string, tf.Tensor>;
    expect(result.y!).toBeCloseToTensor(exampleOutput);
    model.dispose();
  });
});
