import { BackendError } from '../../src/errors';
import { linkNativeTensorflow, type NativeReport } from '../../src/runtime/native/link_native_tensorflow';
import { unlinkNativeTensorflow } from '../../src/runtime/native/unlink_native_tensorflow';
import { runCli } from './support';

jest.mock('../../src/runtime/native/link_native_tensorflow');
jest.mock('../../src/runtime/native/unlink_native_tensorflow');

const REPORT: NativeReport = {
  wasLinked: false,
  tensorflow: '2.21.0',
  variant: 'cpu',
  isUsingGpu: false,
  installedIn: null,
  link: 'node_modules/tfjs_binding.node',
  addon: 'cache/tfjs_binding.node',
  notes: ['TensorFlow 2.15.1 in somewhere is not one of 2.16 or newer.'],
  steps: [{ name: 'built the addon', milliseconds: 9012 }],
};

beforeEach(() => {
  jest.mocked(linkNativeTensorflow).mockImplementation(async ({ onStep, onProgress } = {}) => {
    onProgress?.({ loaded: 1, total: 2 });
    onStep?.(REPORT.steps[0]!);
    return REPORT;
  });
  jest.mocked(unlinkNativeTensorflow).mockResolvedValue({ link: 'a.node', cache: null });
});

test('tells of each step as it is done, and what is linked in the end', async () => {
  const { code, stdout, stderr } = await runCli(['native']);
  expect([code, stderr]).toEqual([0, 'built the addon (9.0 s)\n']);
  expect(stdout.split('\n')).toEqual([
    'Not used: TensorFlow 2.15.1 in somewhere is not one of 2.16 or newer.',
    'TensorFlow 2.21.0 is linked and computes right on the CPU.',
    'TensorFlow: in the cache.',
    'Addon: cache/tfjs_binding.node.',
    '',
  ]);
});

test('says when there was nothing to do', async () => {
  jest.mocked(linkNativeTensorflow).mockResolvedValue({ ...REPORT, wasLinked: true, notes: [], steps: [] });
  const { stdout } = await runCli(['native']);
  expect(stdout).toMatch(/^TensorFlow 2\.21\.0 was linked already/);
});

test('prints the report as JSON', async () => {
  expect(JSON.parse((await runCli(['native', '--json'])).stdout)).toEqual(REPORT);
});

test.each([
  [[], { variant: undefined }],
  [['--cpu'], { variant: 'cpu' }],
  [['--gpu', '--python', 'p', '--cache-dir', 'c'], { variant: 'gpu', python: 'p', cacheFolder: 'c' }],
])('options %j are those of linkNativeTensorflow', async (options, expected) => {
  await runCli(['native', ...options]);
  expect(linkNativeTensorflow).toHaveBeenLastCalledWith(expect.objectContaining(expected));
});

test('a failure is its sentence', async () => {
  jest.mocked(linkNativeTensorflow).mockRejectedValue(new BackendError('A compiler must be there; install one.'));
  expect(await runCli(['native'])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'error: A compiler must be there; install one.\n',
  });
});

test('an interrupt is passed on', async () => {
  const interruption = new AbortController();
  jest.mocked(linkNativeTensorflow).mockImplementation(async ({ signal } = {}) => {
    interruption.abort();
    signal!.throwIfAborted();
    return REPORT;
  });
  const { code, stderr } = await runCli(['native'], { signal: interruption.signal });
  expect([code, stderr]).toEqual([130, 'error: Interrupted.\n']);
});

describe('--uninstall', () => {
  test('removes the link', async () => {
    const { code, stdout } = await runCli(['native', '--uninstall']);
    expect([code, stdout]).toEqual([0, 'Removed the link a.node.\n']);
    expect(unlinkNativeTensorflow).toHaveBeenLastCalledWith({ purge: undefined, cacheFolder: undefined });
  });

  test('with --purge says what was removed of the cache', async () => {
    jest.mocked(unlinkNativeTensorflow).mockResolvedValue({ link: null, cache: 'c/native' });
    const { stdout } = await runCli(['native', '--uninstall', '--purge', '--cache-dir', 'c']);
    expect(stdout).toBe('There was no link to remove.\nRemoved what was in c/native.\n');
    expect(unlinkNativeTensorflow).toHaveBeenLastCalledWith({ purge: true, cacheFolder: 'c' });
  });
});
