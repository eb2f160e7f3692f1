import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import type * as Tf from '@tensorflow/tfjs';
import type * as Api from '../../src/index';
import { BACKEND_NAMES } from '../../src/runtime/backend_name';
import type { useBackend as UseBackend } from '../../src/runtime/use_backend';

const NODE_GPU = '@tensorflow/tfjs-node-gpu';

/** A package that stands in for tfjs-node: what its import does. */
type Import = () => unknown;

const throwing = (message: string, code?: string) => () => {
  throw Object.assign(new Error(message), { code });
};
const notInstalled = throwing(`Cannot find module '${NODE_GPU}' from 'here'`, 'MODULE_NOT_FOUND');

/** A machine: its tfjs-node-gpu, and what happens when its link to TensorFlow is looked for. */
interface Machine {
  readonly gpu?: Import;
  readonly relink?: () => Promise<void>;
}

/** tfjs and useBackend as a program finds them when it starts on such a machine. */
async function start({ gpu = notInstalled, relink = async () => {} }: Machine = {}): Promise<{
  tf: typeof Tf;
  useBackend: typeof UseBackend;
}> {
  jest.resetModules();
  jest.doMock(NODE_GPU, gpu);
  jest.doMock('../../src/runtime/native/relink_from_cache', () => ({ relinkFromCache: relink }));
  const tf: typeof Tf = jest.requireActual('@tensorflow/tfjs');
  // Copies of tfjs in one process share their backends.
  await tf.setBackend('cpu');
  for (const name of BACKEND_NAMES.filter((other) => other !== 'cpu' && tf.findBackendFactory(other))) {
    tf.removeBackend(name);
  }
  return { tf, useBackend: jest.requireActual('../../src/runtime/use_backend').useBackend };
}

/** What tfjs-node does when it is imported, with a backend that is another's. */
function registersTensorflow(): object {
  const tf: typeof Tf = jest.requireActual('@tensorflow/tfjs');
  tf.registerBackend('tensorflow', tf.findBackendFactory('cpu'), 3);
  return {};
}

/** Errors of modules that were loaded anew are not `instanceof` those of this file. */
async function failureOf(act: Promise<unknown>): Promise<{ name: string; code: string; message: string }> {
  return act.then(
    () => ({ name: 'none', code: 'none', message: 'none' }),
    ({ name, code, message }) => ({ name, code, message }),
  );
}

describe('useBackend', () => {
  test.each(['wasm', 'cpu'] as const)('takes %s by name, and again', async (name) => {
    const { tf, useBackend } = await start();
    expect(await useBackend(name)).toBe(name);
    expect(tf.getBackend()).toBe(name);
    expect(await useBackend(name)).toBe(name);
    expect(tf.scalar(2).add(1).dataSync()[0]).toBe(3);
  });

  test('without a name takes wasm where there is no native TensorFlow', async () => {
    const { tf, useBackend } = await start();
    expect(await useBackend()).toBe('wasm');
    expect(tf.getBackend()).toBe('wasm');
  });

  test('without a name takes tensorflow where tfjs-node-gpu loads', async () => {
    const { tf, useBackend } = await start({ gpu: registersTensorflow });
    expect(await useBackend()).toBe('tensorflow');
    expect(tf.getBackend()).toBe('tensorflow');
  });

  test('takes cpu where neither tensorflow nor wasm starts', async () => {
    const { tf, useBackend } = await start();
    await import('@tensorflow/tfjs-backend-wasm');
    tf.removeBackend('wasm');
    expect(await useBackend()).toBe('cpu');
    expect(tf.getBackend()).toBe('cpu');
  });

  test('changes made at the same time come one after the other', async () => {
    const { tf, useBackend } = await start();
    expect(await Promise.all([useBackend('wasm'), useBackend('cpu'), useBackend('wasm')])).toEqual([
      'wasm',
      'cpu',
      'wasm',
    ]);
    expect(tf.getBackend()).toBe('wasm');
  });

  test.each([
    ['webgl', /needs a browser with WebGL/],
    ['webgpu', /needs a browser with WebGPU/],
    ['tensorflow', /needs the package @tensorflow\/tfjs-node-gpu, which is not installed/],
  ] as const)('says why %s does not load here, and keeps the one in use', async (name, message) => {
    const { tf, useBackend } = await start();
    await useBackend('cpu');
    const failure = await failureOf(useBackend(name));
    expect(failure).toMatchObject({ name: 'BackendError', code: 'backend', message: expect.stringMatching(message) });
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.scalar(2).add(1).dataSync()[0]).toBe(3);
  });

  test.each([0, -1, 1.5, Number.NaN])('refuses %d threads', async (threads) => {
    const { useBackend } = await start();
    expect(await failureOf(useBackend('wasm', { threads }))).toMatchObject({
      name: 'UsageError',
      message: `threads must be a whole number of at least 1, received ${threads}.`,
    });
  });

  test('gives the kernels of predict as many threads as were asked for', async () => {
    const { tf, useBackend } = await start();
    const { TFDebertaV2Model, DebertaV2Config }: typeof Api = jest.requireActual('../../src/index');
    const config = { vocabSize: 5, hiddenSize: 4, numAttentionHeads: 1, numHiddenLayers: 1, intermediateSize: 4 };
    for (const threads of [1, 3]) {
      await useBackend('wasm', { threads });
      const model = new TFDebertaV2Model(new DebertaV2Config(config));
      tf.dispose(model.predict(tf.zeros([1, 2], 'int32')));
      const build = expect.stringMatching(threads > 1 ? /_threads$/ : /^(simd|relaxed)$/);
      expect(model.inferenceInfo().kernels).toEqual({ threads, build, precision: 'float32' });
    }
  });

  test('refuses a name that is none', async () => {
    const { useBackend } = await start();
    const failure = await failureOf(useBackend('cuda' as 'cpu'));
    expect(failure).toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(/tensorflow.*received "cuda"/),
    });
  });

  test('a backend that tfjs cannot start fails, though tfjs reports no error', async () => {
    const { tf, useBackend } = await start();
    tf.registerBackend('webgl', throwing('no context') as () => Tf.KernelBackend);
    const failure = await failureOf(useBackend('webgl'));
    expect(failure.message).toMatch(/^The backend webgl does not start here/);
    expect(tf.getBackend()).toBe('cpu');
  });

  test.each([
    [
      'its addon is not linked',
      throwing('The Node.js native addon module (tfjs_binding.node) can not be found at path: x. \nPlease run'),
      /needs the native library of @tensorflow\/tfjs-node-gpu, which is not installed; run npx tfjs-deberta native,/,
    ],
    [
      'a library is missing',
      throwing('libtensorflow.so.2: cannot open shared object file\nmore', 'ERR_DLOPEN_FAILED'),
      /does not load \(libtensorflow\.so\.2: cannot open shared object file\); run npx tfjs-deberta native/,
    ],
    [
      'it lacks a dependency of its own',
      throwing("Cannot find module '@mapbox/node-pre-gyp'", 'MODULE_NOT_FOUND'),
      /does not load \(Cannot find module '@mapbox\/node-pre-gyp'\)/,
    ],
    ['it has a copy of tfjs of its own', () => ({}), /must use the same copy of @tensorflow\/tfjs/],
  ])('says what is wrong with tfjs-node-gpu when %s', async (_name, gpu, message) => {
    const { useBackend } = await start({ gpu });
    const failure = await failureOf(useBackend('tensorflow'));
    expect(failure).toMatchObject({ name: 'BackendError', message: expect.stringMatching(message) });
    expect(failure.message).not.toContain('\n');
    expect(await useBackend()).toBe('wasm');
  });

  test('gives tfjs-node the functions of node:util that newer versions of Node have dropped', async () => {
    const util: { isNullOrUndefined?: (value: unknown) => boolean } = process.getBuiltinModule('node:util');
    const kept = util.isNullOrUndefined;
    try {
      util.isNullOrUndefined = undefined as unknown as () => boolean;
      const found: unknown[] = [];
      const { useBackend } = await start({
        gpu: () => {
          found.push(util.isNullOrUndefined?.(null), util.isNullOrUndefined?.(0));
          return registersTensorflow();
        },
      });
      await useBackend('tensorflow');
      expect(found).toEqual([true, false]);
    } finally {
      if (kept !== undefined) util.isNullOrUndefined = kept;
    }
  });

  test('has the link to TensorFlow made again before it imports tfjs-node', async () => {
    const order: string[] = [];
    const { useBackend } = await start({
      relink: async () => void order.push('link'),
      gpu: () => {
        order.push('import');
        return registersTensorflow();
      },
    });
    expect(await useBackend('tensorflow')).toBe('tensorflow');
    expect(order).toEqual(['link', 'import']);
  });

  test('says what to run when node_modules cannot be written, and takes wasm meanwhile', async () => {
    const { useBackend } = await start({
      relink: async () => {
        const { OutputError } = jest.requireActual('../../src/errors');
        throw new OutputError('x.node could not be written: permission is denied.');
      },
    });
    const failure = await failureOf(useBackend('tensorflow'));
    expect(failure).toMatchObject({
      name: 'BackendError',
      message: expect.stringMatching(
        /and x\.node could not be written: permission is denied; run npx tfjs-deberta native/,
      ),
    });
    expect(await useBackend()).toBe('wasm');
  });

  test('sets what TensorFlow reads from the environment before it is loaded', async () => {
    const kept = process.env.TF_CPP_MIN_LOG_LEVEL;
    delete process.env.TF_CPP_MIN_LOG_LEVEL;
    let found: string | undefined;
    const { useBackend } = await start({
      gpu: () => {
        found = process.env.TF_CPP_MIN_LOG_LEVEL;
        return registersTensorflow();
      },
    });
    await useBackend('tensorflow');
    expect(found).toBe('2');
    if (kept !== undefined) process.env.TF_CPP_MIN_LOG_LEVEL = kept;
  });

  test('prints nothing, whether a backend loads or not, and leaves the mode of tfjs alone', async () => {
    const spies = (['log', 'warn', 'error', 'info'] as const).map((method) => jest.spyOn(console, method));
    const { tf, useBackend } = await start();
    tf.env().set('PROD', false);
    tf.registerBackend('webgl', throwing('no context') as () => Tf.KernelBackend);
    await failureOf(useBackend('webgl'));
    await failureOf(useBackend('tensorflow'));
    await useBackend();
    expect(tf.env().getBool('PROD')).toBe(false);
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
    tf.enableProdMode();
  });

  describe('wasmPaths', () => {
    const folder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));

    test('names the folder of the .wasm files, with or without a slash at its end', async () => {
      expect(await (await start()).useBackend('wasm', { wasmPaths: folder })).toBe('wasm');
      expect(await (await start()).useBackend('wasm', { wasmPaths: `${folder}/` })).toBe('wasm');
    });

    test('a folder without them is refused, after which the right one still works', async () => {
      const { useBackend } = await start();
      const failure = await failureOf(useBackend('wasm', { wasmPaths: __dirname }));
      expect(failure).toMatchObject({ name: 'BackendError', message: expect.stringContaining('does not exist') });
      expect(await useBackend('wasm', { wasmPaths: folder })).toBe('wasm');
    });
  });

  test('a bundler for browsers takes it without a module of Node', () => {
    const root = join(__dirname, '..', '..');
    const bundle = execFileSync(
      join(root, 'node_modules', '.bin', 'esbuild'),
      ['src/runtime/doctor.ts', '--bundle', '--platform=browser', '--format=esm', '--log-level=warning'],
      { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 },
    );
    expect(bundle).not.toMatch(/\b(?:require|import)\(["']node:/);
    expect(bundle).not.toContain('tfjs_binding');
  });
});
