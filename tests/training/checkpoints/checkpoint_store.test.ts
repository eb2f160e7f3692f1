import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partialPrefix } from '../../../src/files/partial_name';
import { CheckpointStore } from '../../../src/training/checkpoints/checkpoint_store';
import { listFolder, useTemporaryFolder } from '../../convert/support';

const folder = useTemporaryFolder();
const fill = (path: string) => writeFile(join(path, 'a.txt'), 'a');
const open = (keepLast = 3) => CheckpointStore.open(folder.join('run'), keepLast);

/** A process number that no process has. */
const GONE = 2 ** 22 + 1;

test.each<[keepLast: number, best: number | undefined, expected: number[]]>([
  [1, undefined, [100]],
  [3, undefined, [20, 30, 100]],
  [2, 9, [9, 30, 100]],
  [2, 100, [30, 100]],
  [9, 9, [9, 10, 20, 30, 100]],
])('keeps the newest %i, and the best, of step %p: %j', async (keepLast, best, expected) => {
  const store = await open(keepLast);
  for (const step of [9, 10, 20, 30, 100]) await store.save(step, fill, best);
  expect(await store.steps()).toEqual(expected);
  expect((await listFolder(folder.join('run'))).sort()).toEqual(expected.map((step) => `checkpoint-${step}`).sort());
});

test('replaces a checkpoint of the same step', async () => {
  const store = await open();
  await store.save(5, fill, undefined);
  await store.save(5, (path) => writeFile(join(path, 'b.txt'), 'b'), undefined);
  expect(await listFolder(store.folderOf(5))).toEqual(['b.txt']);
});

test('removes none when the new one cannot be written', async () => {
  const store = await open(1);
  await store.save(1, fill, undefined);
  const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  await expect(() => store.save(2, () => Promise.reject(full), undefined)).toThrowDebertaError(
    'output',
    /checkpoint-2 could not be written: the disk is full/,
  );
  expect(await listFolder(folder.join('run'))).toEqual(['checkpoint-1']);
});

test('counts whole checkpoints only, and removes what killed processes left', async () => {
  const store = await open();
  await store.save(1, fill, undefined);
  const left = partialPrefix('').replace(String(process.pid), String(GONE));
  for (const name of [`checkpoint-2${left}x`, `checkpoint-1${left}removed`, 'checkpoint-best', 'other']) {
    await mkdir(folder.join('run', name));
  }
  expect(await (await open()).steps()).toEqual([1]);
  expect(await listFolder(folder.join('run'))).toEqual(['checkpoint-1', 'checkpoint-best', 'other']);
});

test('puts back a checkpoint that a killed process was about to replace', async () => {
  await mkdir(folder.join('run'));
  await mkdir(
    folder.join('run', `checkpoint-7${partialPrefix('').replace(String(process.pid), String(GONE))}x-replaced`),
  );
  expect(await (await open()).steps()).toEqual([7]);
});

test('refuses a file in the place of the folder', async () => {
  await writeFile(folder.join('run'), 'a file');
  await expect(() => open()).toThrowDebertaError('output', /run could not be written: a (file|folder)/);
});
