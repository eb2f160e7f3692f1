import * as tf from '@tensorflow/tfjs';
import { diagnose } from '../../src/runtime/doctor';
import { useBackend } from '../../src/runtime/use_backend';

describe('diagnose', () => {
  test('proves by a product that wasm and cpu work here', async () => {
    const { backends } = await diagnose();
    const working = backends.filter(({ name }) => name === 'wasm' || name === 'cpu');
    expect(working).toHaveLength(2);
    for (const backend of working) {
      expect(backend).toMatchObject({
        loads: true,
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        product: { expected: [19, 22, 43, 50], received: [19, 22, 43, 50], isRight: true },
      });
    }
  });

  test('says in one sentence why a backend of the browser does not load in Node', async () => {
    const { backends } = await diagnose();
    for (const name of ['webgl', 'webgpu']) {
      const backend = backends.find((found) => found.name === name);
      expect(backend).toEqual({ name, loads: false, reason: expect.stringMatching(/^The backend web.* needs .*\.$/) });
    }
  });

  test('tries tensorflow, which only loads where its native library is', async () => {
    const { backends, best } = await diagnose();
    const backend = backends.find(({ name }) => name === 'tensorflow')!;
    expect(best).toBe(backend.loads ? 'tensorflow' : 'wasm');
    if (backend.loads) expect(backend.version).toMatch(/^TensorFlow \d/);
    else expect(backend.reason).toMatch(/needs .*tfjs-node-gpu.*wasm meanwhile\.$/);
  });

  test('says what tensorflow runs on: package, addon, processor, GPU and CUDA', async () => {
    const { tensorflow, backends } = await diagnose();
    expect(tensorflow).toEqual({
      tfjsNode: { version: tf.version.tfjs, folder: expect.stringContaining('tfjs-node-gpu') },
      addon: backends[0]!.loads ? expect.objectContaining({ file: expect.stringMatching(/\.node$/) }) : null,
      cpuFeatures: expect.any(Array),
      gpus: expect.any(Array),
      cudaLibraries: expect.any(Array),
    });
  });

  test('describes the machine and the versions', async () => {
    const { version, ...report } = await diagnose();
    expect(version).toBe(require('../../package.json').version);
    expect(report.tfjs).toBe(tf.version.tfjs);
    expect(report.node).toBe(process.versions.node);
    expect(report.cores).toBeGreaterThan(0);
    expect(report.memoryBytes).toBeGreaterThan(report.freeMemoryBytes!);
  });

  test.each(['cpu', 'wasm'] as const)('leaves the backend in use, here %s, and no tensor', async (name) => {
    await useBackend(name);
    const { numTensors } = tf.memory();
    await diagnose();
    expect(tf.getBackend()).toBe(name);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
