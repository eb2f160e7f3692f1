import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findTfjsNode } from '../../src/runtime/native/tfjs_node_package';
import { reportTensorflow } from '../../src/runtime/tensorflow_report';
import { FakeMachine } from './native/fake_machine';

jest.mock('../../src/runtime/native/tfjs_node_package', () => ({ findTfjsNode: jest.fn() }));

const { PATH, LD_LIBRARY_PATH = '' } = process.env;
let machine: FakeMachine;

beforeEach(() => {
  machine = new FakeMachine();
  jest.mocked(findTfjsNode).mockReturnValue(machine.tfjsNode);
  Object.assign(process.env, { PATH: join(machine.root, 'bin') });
});

afterEach(() => {
  Object.assign(process.env, { PATH, LD_LIBRARY_PATH });
  machine.remove();
});

test('a machine without tfjs-node-gpu has no addon', async () => {
  jest.mocked(findTfjsNode).mockReturnValue(undefined);
  expect(await reportTensorflow()).toMatchObject({ tfjsNode: null, addon: null, gpus: [] });
});

test('an addon of the package itself is told as one that came from elsewhere', async () => {
  machine.downloadAddon('theirs');
  const { addon } = await reportTensorflow();
  expect(addon).toEqual({ file: machine.tfjsNode.addon, tensorflow: null, installedIn: null });
});

test('GPUs are those that nvidia-smi lists', async () => {
  machine.addProgram('nvidia-smi', "echo 'NVIDIA H100 80GB HBM3, 81559'; echo 'NVIDIA L4, 23034'");
  expect((await reportTensorflow()).gpus).toEqual([
    { name: 'NVIDIA H100 80GB HBM3', memoryBytes: 81559 * 2 ** 20 },
    { name: 'NVIDIA L4', memoryBytes: 23034 * 2 ** 20 },
  ]);
});

test('CUDA is what the loader finds', async () => {
  const folder = join(machine.root, 'cuda');
  mkdirSync(folder);
  for (const name of ['libcudart.so.12', 'libcudnn.so.9', 'libcudnn.so', 'libother.so.1']) {
    writeFileSync(join(folder, name), '');
  }
  process.env.LD_LIBRARY_PATH = folder;
  const found = (await reportTensorflow()).cudaLibraries.filter((file) => file.startsWith(folder));
  expect(found.map((file) => basename(file)).sort()).toEqual(['libcudart.so.12', 'libcudnn.so.9']);
});
