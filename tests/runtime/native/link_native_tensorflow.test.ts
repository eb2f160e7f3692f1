import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import fs from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  type LinkNativeOptions,
  linkNativeTensorflow,
  type NativeReport,
} from '../../../src/runtime/native/link_native_tensorflow';
import { relinkFromCache } from '../../../src/runtime/native/relink_from_cache';
import { findTfjsNode } from '../../../src/runtime/native/tfjs_node_package';
import { unlinkNativeTensorflow } from '../../../src/runtime/native/unlink_native_tensorflow';
import { FakeMachine } from './fake_machine';
import { storedZip } from './stored_zip';

jest.mock('../../../src/runtime/native/tfjs_node_package', () => ({
  ...jest.requireActual('../../../src/runtime/native/tfjs_node_package'),
  findTfjsNode: jest.fn(),
}));

const GIGABYTES_FREE = { bsize: 1e9, bavail: 20 } as Awaited<ReturnType<typeof fs.statfs>>;

const environment = { ...process.env };
const platform = Object.getOwnPropertyDescriptor(process, 'platform')!;
let machine: FakeMachine;

beforeEach(() => {
  machine = new FakeMachine();
  jest.mocked(findTfjsNode).mockReturnValue(machine.tfjsNode);
  jest.spyOn(fs, 'statfs').mockResolvedValue(GIGABYTES_FREE);
  Object.assign(process.env, { PATH: join(machine.root, 'bin'), TFJS_DEBERTA_CACHE: machine.cache });
  delete process.env.CXX;
});

afterEach(() => {
  jest.restoreAllMocks();
  Object.defineProperty(process, 'platform', platform);
  for (const name of ['PATH', 'TFJS_DEBERTA_CACHE', 'CXX']) {
    if (environment[name] === undefined) delete process.env[name];
    else process.env[name] = environment[name];
  }
  machine.remove();
});

const link = (options: LinkNativeOptions = {}): Promise<NativeReport> =>
  linkNativeTensorflow({ variant: 'cpu', ...options });
const stepsOf = ({ steps }: NativeReport) => steps.map(({ name }) => name);
const isLinked = () => existsSync(machine.tfjsNode.addon);
/** What the cache holds besides TensorFlow itself. */
const strayFolders = () =>
  existsSync(machine.native) ? readdirSync(machine.native).filter((name) => name.includes('partial')) : [];

describe('without a TensorFlow of pip', () => {
  test('fetches the wheel, takes libraries and headers out of it, builds, links and tests the addon', async () => {
    const report = await link();
    expect(report).toMatchObject({
      wasLinked: false,
      tensorflow: '2.21.0',
      variant: 'cpu',
      isUsingGpu: false,
      installedIn: null,
      link: machine.tfjsNode.addon,
      notes: [],
    });
    expect(readdirSync(machine.entry).sort()).toEqual(['addons', 'entry.json', 'include', 'lib']);
    expect(readFileSync(join(machine.entry, 'lib/libtensorflow_cc.so.2'), 'utf8')).toContain('of the wheel');
    expect(readFileSync(join(machine.entry, 'include/tensorflow/c/c_api.h'), 'utf8')).toBe('header');
    expect(realpathSync(machine.tfjsNode.addon)).toBe(realpathSync(report.addon));
    expect(report.addon).toContain(join(machine.entry, 'addons', '4.22.0-napi8-'));
  });

  test('tells of every step and how long it took', async () => {
    const told: string[] = [];
    const { steps } = await link({ onStep: ({ name }) => told.push(name) });
    expect(told).toEqual(steps.map(({ name }) => name));
    expect(told.map((name) => name.split(' ')[0])).toEqual([
      'looked',
      'fetched',
      'unpacked',
      'built',
      'linked',
      'tested',
    ]);
    expect(steps.every(({ milliseconds }) => milliseconds >= 0)).toBe(true);
  });

  test('has pip check the hash, and leaves nothing in its cache', async () => {
    await link();
    const pip = machine.calls().find((call) => call.includes('pip download'))!;
    expect(pip).toMatch(/--require-hashes .*--platform manylinux_2_27_\w+ .*--no-cache-dir .*--requirement /);
  });

  test('reports progress up to the size of the wheels', async () => {
    const seen: number[][] = [];
    await link({ onProgress: ({ loaded, total }) => seen.push([loaded, total]) });
    const [loaded, total] = seen.at(-1)!;
    expect(loaded).toBe(total);
    expect(total).toBeGreaterThan(2e8);
  });
});

describe('a second run', () => {
  test('only tests what is there', async () => {
    const { addon } = await link();
    machine.forgetCalls();
    const report = await link();
    expect(report).toMatchObject({ wasLinked: true, addon });
    expect(stepsOf(report)).toEqual(['tested it in a new process']);
    expect(machine.calls()).toEqual([]);
  });

  test('makes only the link where npm has removed it', async () => {
    await link();
    machine.reinstallPackages();
    machine.forgetCalls();
    const report = await link();
    expect(report.wasLinked).toBe(false);
    expect(stepsOf(report)).toContain('found the addon in the cache');
    expect(machine.calls().filter((call) => !call.startsWith('python3 -c'))).not.toContainEqual(
      expect.stringMatching(/pip|g\+\+/),
    );
    expect(isLinked()).toBe(true);
  });

  test.each([
    ['a library was cut short', 'lib/libtensorflow_cc.so.2'],
    ['what the folder holds is not written down', 'entry.json'],
  ])('fetches again when %s', async (_name, file) => {
    await link();
    writeFileSync(join(machine.entry, file), '');
    machine.forgetCalls();
    expect((await link()).wasLinked).toBe(false);
    expect(machine.calls()).toContainEqual(expect.stringContaining('pip download'));
    expect(readFileSync(join(machine.entry, 'lib/libtensorflow_cc.so.2'), 'utf8')).toContain('of the wheel');
  });

  test('builds again for another tfjs-node-gpu', async () => {
    const { addon } = await link();
    writeFileSync(join(machine.tfjsNode.folder, 'binding', 'tfjs_binding.cc'), 'other sources');
    machine.forgetCalls();
    const report = await link();
    expect(report.addon).not.toBe(addon);
    expect(machine.calls()).toContainEqual(expect.stringMatching(/^g\+\+/));
    expect(machine.calls()).not.toContainEqual(expect.stringContaining('pip download'));
  });

  test('at the same time does no harm', async () => {
    const reports = await Promise.all([link(), link(), link()]);
    expect(new Set(reports.map(({ addon }) => addon)).size).toBe(1);
    expect(readdirSync(machine.native)).toEqual([basename(machine.entry)]);
    expect((await link()).wasLinked).toBe(true);
  });
});

describe('an interrupted run', () => {
  test('ends at once and leaves nothing behind', async () => {
    machine.installPip('exec /bin/sleep 60');
    const interruption = new AbortController();
    const run = link({ signal: interruption.signal });
    await new Promise<void>((resolve) => {
      const watch = setInterval(() => {
        if (!machine.calls().some((call) => call.includes('pip download'))) return;
        clearInterval(watch);
        resolve();
      }, 20);
    });
    interruption.abort();
    await expect(run).rejects.toThrow(/abort/i);
    expect(readdirSync(machine.native)).toEqual([]);
    expect(isLinked()).toBe(false);
  });

  test('that was killed leaves nothing a later run takes for whole, and is cleared away after a day', async () => {
    const [fresh, old] = ['fresh', 'old'].map((name) => `${machine.entry}.partial-${name}`) as [string, string];
    for (const folder of [fresh, old]) {
      mkdirSync(join(folder, 'lib'), { recursive: true });
      writeFileSync(join(folder, 'lib', 'libtensorflow_cc.so.2'), 'half');
    }
    const twoDaysAgo = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
    utimesSync(old, twoDaysAgo, twoDaysAgo);
    await link();
    expect(strayFolders()).toEqual([basename(fresh)]);
    expect(readFileSync(join(machine.entry, 'lib/libtensorflow_cc.so.2'), 'utf8')).toContain('of the wheel');
  });
});

describe('a TensorFlow of pip', () => {
  test('is linked where it is, and nothing is fetched', async () => {
    const folder = machine.installTensorflow('python3', { 'tensorflow-cpu': '2.18.0' });
    const report = await link({ variant: undefined });
    expect(report).toMatchObject({ installedIn: folder, variant: 'cpu' });
    expect(machine.calls()).not.toContainEqual(expect.stringContaining('pip download'));
    const lib = join(report.addon, '../../../lib');
    expect(realpathSync(join(lib, 'libtensorflow_cc.so.2'))).toBe(realpathSync(join(folder, 'libtensorflow_cc.so.2')));
    expect(lstatSync(join(lib, '..', 'nvidia')).isSymbolicLink()).toBe(true);
  });

  test('of the Python that is named comes before others', async () => {
    machine.installTensorflow('python3', { 'tensorflow-cpu': '2.18.0' });
    const folder = machine.installTensorflow('python3.12', { 'tensorflow-cpu': '2.20.0' });
    const python = join(machine.root, 'bin', 'python3.12');
    expect(await link({ python })).toMatchObject({ installedIn: folder, wasLinked: false });
    expect(await link({ python })).toMatchObject({ installedIn: folder });
  });

  test('that was replaced is linked anew', async () => {
    const folder = machine.installTensorflow('python3', { 'tensorflow-cpu': '2.18.0' });
    await link();
    machine.installTensorflow('python3', { 'tensorflow-cpu': '2.19.0' });
    writeFileSync(join(folder, 'libtensorflow_cc.so.2'), 'a library of another size');
    expect((await link()).addon).toContain('2.19.0-cpu');
  });

  // One row per TensorFlow that is passed over: its packages, its files, what is noted.
  const unfit: [string, Record<string, string>, string[] | undefined, RegExp][] = [
    ['is too old', { tensorflow: '2.15.1' }, undefined, /^TensorFlow 2\.15\.1 in .* is not one of 2\.16 or newer\.$/],
    ['is another package', {}, undefined, /is neither the package tensorflow nor tensorflow-cpu\.$/],
    ['lacks its libraries', { tensorflow: '2.21.0' }, ['__init__.py'], /lacks libtensorflow_cc\.so\.2\.$/],
  ];

  test.each(unfit)(
    'that %s is passed over with a note, and refused when its Python was named',
    async (_name, versions, files, note) => {
      machine.installTensorflow('python', versions, files);
      machine.installPip();
      const report = await link();
      expect(report).toMatchObject({ installedIn: null, notes: [expect.stringMatching(note)] });
      const python = join(machine.root, 'bin', 'python');
      await expect(() => link({ python })).toThrowDebertaError(
        'backend',
        /^The TensorFlow of .* cannot be linked: .*without|leave out --python/,
      );
    },
  );

  test('without CUDA is not enough for a GPU', async () => {
    const python = join(machine.root, 'bin', 'python');
    machine.installTensorflow('python', { 'tensorflow-cpu': '2.21.0' });
    await expect(() => link({ python, variant: 'gpu' })).toThrowDebertaError('backend', /is built for the CPU alone/);
    if (process.arch !== 'x64') return;
    machine.installTensorflow('python', { tensorflow: '2.21.0' });
    await expect(() => link({ python, variant: 'gpu' })).toThrowDebertaError('backend', /has no libcudart, .*and-cuda/);
    expect(await link({ python })).toMatchObject({ variant: 'gpu' });
  });
});

/** What is wrong with the machine, and the error that follows; nothing is linked then, and nothing half-made stays. */
const faults: [string, () => unknown, 'backend' | 'output', RegExp][] = [
  [
    'the package is missing',
    () => jest.mocked(findTfjsNode).mockReturnValue(undefined),
    'backend',
    /run npm install --ignore-scripts @tensorflow\/tfjs-node-gpu@4\.22\.0 first/,
  ],
  [
    'there is no Python',
    () => machine.removeProgram('python3'),
    'backend',
    /Python with pip must be there.*apt-get install python3-pip/,
  ],
  [
    'Python has no pip',
    () => machine.installPip('echo "python3: No module named pip" >&2; exit 1'),
    'backend',
    /^pip must be there.*python3 has none.*apt-get install python3-pip/,
  ],
  [
    'there is no network',
    () =>
      machine.installPip(
        "echo \"WARNING: Retrying: NewConnectionError('Failed to establish a new connection: [Errno 101]')\" >&2; echo 'ERROR: No matching distribution found' >&2; exit 1",
      ),
    'backend',
    /^pip could not fetch tensorflow(?:-cpu)? 2\.21\.0 \(Failed to establish a new connection\); see that this machine reaches/,
  ],
  [
    'pip fails otherwise',
    () => machine.installPip("echo 'ERROR: it is Monday.' >&2; exit 2"),
    'backend',
    /\(it is Monday\)/,
  ],
  [
    'the hash is another',
    () => machine.installPip("echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM' >&2; exit 1"),
    'backend',
    /must have the sha256 [0-9a-f]{64}, and pip received another/,
  ],
  [
    'the disk fills up',
    () => machine.installPip("echo 'ERROR: [Errno 28] No space left on device' >&2; exit 1"),
    'output',
    /the disk is full; free some space/,
  ],
  [
    'there is too little space',
    () => jest.spyOn(fs, 'statfs').mockResolvedValue(Object.assign({}, GIGABYTES_FREE, { bavail: 1 })),
    'output',
    /needs 1\.4 GB while it is unpacked, and .* has 1\.0 GB left/,
  ],
  [
    'the wheel holds no library',
    () => writeFileSync(machine.wheel, storedZip({ 'tensorflow/__init__.py': '' })),
    'backend',
    /must hold libraries, and it holds none/,
  ],
  [
    'there is no compiler',
    () => machine.removeProgram('g++'),
    'backend',
    /g\+\+, c\+\+, clang\+\+ cannot be started; install one \(on Debian: apt-get install g\+\+\)/,
  ],
  [
    'the compiler that CXX names is not there',
    () => Object.assign(process.env, { CXX: 'my-compiler' }),
    'backend',
    /and my-compiler cannot be started/,
  ],
  [
    'the compiler fails',
    () => machine.addProgram('g++', "echo 'a.cc:1:10: fatal error: cstdint: No such file' >&2; exit 1"),
    'backend',
    /^g\+\+ could not build the addon \(a\.cc:1:10: fatal error: cstdint: No such file\)/,
  ],
  [
    'the addon does not load',
    () => machine.addProgram('g++', `${'while [ "$1" != -o ]; do shift; done'}; echo broken > "$2"`),
    'backend',
    /is linked and does not load \(wrong ELF class\).*--uninstall --purge/,
  ],
  [
    'the system is another',
    () => Object.defineProperty(process, 'platform', { ...platform, value: 'darwin' }),
    'backend',
    /platform is unsupported: .* this is darwin on/,
  ],
  [
    'the C library is musl',
    () => jest.spyOn(process.report, 'getReport').mockReturnValue({ header: {} }),
    'backend',
    /platform is unsupported: .* another C library, as Alpine has musl/,
  ],
  [
    'the cache cannot be made',
    () => writeFileSync(machine.cache, 'a file'),
    'output',
    /could not be written: .*is a file, not a folder|in the way/,
  ],
  [
    'node_modules cannot be written',
    () => writeFileSync(join(machine.tfjsNode.folder, 'lib'), 'a file'),
    'output',
    /tfjs_binding\.node could not be written/,
  ],
];

test.each(faults)('when %s, one sentence says what to do', async (_name, spoil, code, message) => {
  spoil();
  await expect(() => link()).toThrowDebertaError(code, message);
  expect(isLinked()).toBe(false);
  expect(strayFolders()).toEqual([]);
});

test('a build that fails leaves what was linked before', async () => {
  const { addon } = await link();
  machine.addProgram('g++', `while [ "$1" != -o ]; do shift; done; echo broken > "$2"`);
  writeFileSync(join(machine.tfjsNode.folder, 'binding', 'tfjs_binding.cc'), 'other sources');
  await expect(() => link()).toThrowDebertaError('backend', /does not load/);
  expect(realpathSync(machine.tfjsNode.addon)).toBe(realpathSync(addon));
});

describe('unlinkNativeTensorflow', () => {
  test('removes the link and keeps the cache, from which it is made again', async () => {
    await link();
    expect(await unlinkNativeTensorflow()).toEqual({ link: machine.tfjsNode.addon, cache: null });
    expect(isLinked()).toBe(false);
    await relinkFromCache();
    expect(isLinked()).toBe(true);
  });

  test('with purge empties the cache, and leaves what others put there', async () => {
    await link();
    mkdirSync(join(machine.native, 'of another'));
    expect(await unlinkNativeTensorflow({ purge: true })).toMatchObject({ cache: machine.native });
    expect(readdirSync(machine.native)).toEqual(['of another']);
  });

  test('puts the addon back that the script of tfjs-node-gpu had fetched', async () => {
    machine.downloadAddon('theirs');
    await link();
    expect(readFileSync(machine.tfjsNode.addon, 'utf8')).toMatch(/^addon/);
    await unlinkNativeTensorflow();
    expect(readFileSync(machine.tfjsNode.addon, 'utf8')).toBe('theirs');
    expect(await unlinkNativeTensorflow()).toEqual({ link: null, cache: null });
    expect(isLinked()).toBe(true);
  });

  test('has nothing to do where nothing is linked', async () => {
    expect(await unlinkNativeTensorflow({ purge: true })).toEqual({ link: null, cache: null });
  });
});

describe('relinkFromCache', () => {
  test('takes the build that was linked last', async () => {
    const fetched = await link();
    machine.installTensorflow('python', { 'tensorflow-cpu': '2.18.0' });
    await link({ python: join(machine.root, 'bin', 'python') });
    machine.reinstallPackages();
    utimesSync(fetched.addon, new Date(), new Date(Date.now() + 1000));
    await relinkFromCache();
    expect(realpathSync(machine.tfjsNode.addon)).toBe(realpathSync(fetched.addon));
  });

  test.each([
    ['the cache is empty', () => rmSync(machine.cache, { recursive: true })],
    ['TensorFlow is not whole', () => writeFileSync(join(machine.entry, 'lib/libtensorflow_cc.so.2'), '')],
    ['no build is for this tfjs-node-gpu', () => writeFileSync(join(machine.tfjsNode.folder, 'binding/new.h'), '')],
  ])('links nothing when %s', async (_name, spoil) => {
    await link();
    machine.reinstallPackages();
    spoil();
    await relinkFromCache();
    expect(isLinked()).toBe(false);
  });

  test('leaves an addon alone that is there', async () => {
    await link();
    machine.reinstallPackages();
    machine.downloadAddon('theirs');
    await relinkFromCache();
    expect(lstatSync(machine.tfjsNode.addon).isFile()).toBe(true);
    expect(dirname(machine.tfjsNode.addon)).toContain(machine.root);
  });
});
