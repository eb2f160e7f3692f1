import { readFile, writeFile } from 'node:fs/promises';
import type { TensorDifference } from '../../src/convert/diff_checkpoints';
import { savePartOf } from './save_part_of';
import { checkpoint, jsonLines, runCli, useSharedFolder } from './support';

const folder = useSharedFolder();
const [h5, safetensors, halves] = ['h5_sequence_classification', 'safetensors', 'safetensors_float16'].map((name) =>
  checkpoint(name),
) as [string, string, string];

describe('diff', () => {
  test('of equal checkpoints says so, with exit code 0', async () => {
    expect(await runCli(['diff', h5, safetensors])).toEqual({
      code: 0,
      stdout: '46 of 46 tensors are equal.\n',
      stderr: '',
    });
  });

  test('lists what differs, with exit code 1', async () => {
    const changed = folder.join('changed');
    await savePartOf(safetensors, changed, {
      leaveOut: ['pooler.dense.bias'],
      rename: { 'classifier.bias': 'extra.bias' },
    });
    const { code, stdout, stderr } = await runCli(['diff', h5, changed]);
    expect([code, stderr]).toEqual([1, '']);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(lines).toEqual([
      ['NAME', 'STATUS', 'SHAPE', 'TYPE', 'LARGEST DIFFERENCE'],
      ['pooler.dense.bias', 'only in first', '[16]', 'float32'],
      ['classifier.bias', 'only in first', '[3]', 'float32'],
      ['extra.bias', 'only in second', '[3]', 'float32'],
      ['44 of 47 tensors are equal.'],
    ]);
  });

  test('says how far numbers are apart, and in which types they are', async () => {
    const { code, stdout } = await runCli(['diff', safetensors, halves]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^classifier\.weight +different +\[16,3\] +float32 \/ float16 +0\.0000\d+$/m);
  });

  test('--all lists equal tensors too', async () => {
    const { code, stdout } = await runCli(['diff', h5, safetensors, '--all']);
    expect(code).toBe(0);
    expect(stdout.match(/^\S+ +equal +\[[\d,]+\] +float32 +0\.00$/gm)).toHaveLength(46);
  });

  test('--json prints a line for each difference, with --all for each tensor', async () => {
    const equal = await runCli(['diff', h5, safetensors, '--json']);
    expect(equal).toEqual({ code: 0, stdout: '', stderr: '' });
    const all = jsonLines<TensorDifference>(await runCli(['diff', h5, safetensors, '--json', '--all']));
    expect(all).toHaveLength(46);
    expect(all[0]).toEqual({
      name: 'deberta.embeddings.word_embeddings.weight',
      status: 'equal',
      shapes: [
        [50, 16],
        [50, 16],
      ],
      dtypes: ['float32', 'float32'],
      largestDifference: 0,
    });
    const outcome = await runCli(['diff', safetensors, halves, '--json']);
    const different = jsonLines<TensorDifference>(outcome);
    expect(outcome.code).toBe(1);
    expect(new Set(different.map(({ status }) => status))).toEqual(new Set(['different']));
  });

  test('NaN differs from every number', async () => {
    const place = folder.join('with_nan');
    await savePartOf(safetensors, place, {});
    const bytes = await readFile(folder.join('with_nan', 'model.safetensors'));
    bytes.fill(0xff, bytes.length - 4);
    await writeFile(folder.join('with_nan', 'model.safetensors'), bytes);
    const { code, stdout } = await runCli(['diff', safetensors, place]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/ different .* NaN$/m);
    expect(await runCli(['diff', place, place])).toMatchObject({ code: 0 });
  });

  const failures: Array<[string, string[], RegExp]> = [
    ['a checkpoint that does not exist', [h5, 'no-such-folder'], /no-such-folder could not be read/],
    ['a folder without one', ['src/cli', h5], /src\/cli must hold/],
    ['one checkpoint', [h5], /Missing required argument 'second'/],
  ];
  test.each(failures)('of %s fails with exit code 2', async (_name, places, message) => {
    const { code, stdout, stderr } = await runCli(['diff', ...places]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: [^\n]*\.\n$/);
    expect(stderr).toMatch(message);
  });

  test('ends when it is interrupted', async () => {
    const outcome = await runCli(['diff', h5, safetensors], { signal: AbortSignal.abort() });
    expect(outcome).toEqual({ code: 130, stdout: '', stderr: 'error: Interrupted.\n' });
  });
});
