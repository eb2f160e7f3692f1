import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointFormat } from '../../src/convert/checkpoint_format';
import { convertCheckpoint } from '../../src/convert/convert_checkpoint';
import type { Conversion } from './convert_and_die';
import { fixturePath, listFolder, readAllWeights, useTemporaryFolder } from './support';

const ROOT = join(__dirname, '..', '..');
const LOADER = join(ROOT, 'node_modules', 'ts-node', 'dist', 'bin.js');
const ARCHITECTURE = 'TFDebertaV2ForSequenceClassification';
const source = fixturePath('safetensors');
const folder = useTemporaryFolder();

/** Converts in a process that is killed, and returns when it is gone. */
async function crash(options: Omit<Conversion, 'source' | 'output'>): Promise<void> {
  const conversion: Conversion = { source, output: folder.join('out'), ...options };
  const argv = [LOADER, '--swc', join(__dirname, 'convert_and_die.ts'), JSON.stringify(conversion)];
  const child = spawn(process.execPath, argv, { cwd: ROOT, stdio: 'inherit' });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
}

/** Every file of the output, by name. */
async function output(): Promise<Record<string, Buffer>> {
  const names = await listFolder(folder.join('out'));
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(folder.join('out', name))])),
  );
}

const expectWhole = async () =>
  expect(await readAllWeights(folder.join('out'), ARCHITECTURE)).toEqual(await readAllWeights(source, ARCHITECTURE));

const anew: Array<[format: CheckpointFormat, moment: Conversion['moment']]> = [
  ['tfjs', 0.001],
  ['tfjs', 0.5],
  ['tfjs', 'before renaming 1'],
  ['safetensors', 0.5],
  ['h5', 0.5],
  ['tf2', 0.5],
];

test.each(anew)(
  '%s: a process killed at %s leaves no output, and the next one is not in its way',
  async (format, moment) => {
    await crash({ format, moment, overwrite: false });
    const left = await listFolder(folder.path);
    expect(left).toHaveLength(1);
    expect(left[0]).toMatch(/^out\.partial-/);
    await convertCheckpoint(source, folder.join('out'), { format });
    expect(await listFolder(folder.path)).toEqual(['out']);
    await expectWhole();
  },
);

test('a process killed when it is done leaves the output whole', async () => {
  await crash({ format: 'tfjs', moment: 'after renaming 1', overwrite: false });
  expect(await listFolder(folder.path)).toEqual(['out']);
  await expectWhole();
});

describe('an output that is to be replaced', () => {
  let old: Record<string, Buffer>;

  beforeEach(async () => {
    await convertCheckpoint(source, folder.join('out'), { format: 'safetensors', dtype: 'float16' });
    old = await output();
  });

  const overwrite = true;

  test.each([0.5, 'before renaming 1'] as const)('is as it was when the process is killed at %s', async (moment) => {
    await crash({ format: 'tfjs', moment, overwrite });
    expect(await output()).toEqual(old);
    await convertCheckpoint(source, folder.join('out'), { overwrite });
    expect(await listFolder(folder.path)).toEqual(['out']);
    await expectWhole();
  });

  test.each(['after renaming 1', 'before renaming 2'] as const)(
    'is absent when the process is killed %s, and put back by the next one',
    async (moment) => {
      await crash({ format: 'tfjs', moment, overwrite });
      expect(await listFolder(folder.path)).not.toContain('out');
      await expect(() => convertCheckpoint(source, folder.join('out'))).toThrowDebertaError('output', /exists already/);
      expect(await output()).toEqual(old);
      expect(await listFolder(folder.path)).toEqual(['out']);
    },
  );

  test('is the new one when the process is killed after renaming 2; the old is removed by the next one', async () => {
    await crash({ format: 'tfjs', moment: 'after renaming 2', overwrite });
    await expectWhole();
    await expect(() => convertCheckpoint(source, folder.join('out'))).toThrowDebertaError('output', /exists already/);
    await expectWhole();
    expect(await listFolder(folder.path)).toEqual(['out']);
  });
});
