import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { useBackend } from '../../src/runtime/use_backend';
import { train } from '../../src/training/train';
import { listFolder, readJsonFile, useTemporaryFolder } from '../convert/support';
import { toyRun, weightBits } from './toy_run';
import type { TrainingJob } from './train_and_die';

const ROOT = join(__dirname, '..', '..');
const LOADER = join(ROOT, 'node_modules', 'ts-node', 'dist', 'bin.js');
const folder = useTemporaryFolder();

/** A process that trains. */
function start(job: Omit<TrainingJob, 'outputDir'>): ChildProcess {
  const argv = ['--swc', join(__dirname, 'train_and_die.ts'), JSON.stringify({ outputDir: folder.path, ...job })];
  return spawn(process.execPath, [LOADER, ...argv], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** How a process ended, and the last line it printed. */
async function finished(child: ChildProcess): Promise<{ code: number | null; signal: string | null; last: string }> {
  let printed = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, last: printed.trim().split('\n').at(-1)! };
}

beforeAll(() => useBackend('wasm'));

test('a run killed in a step, an evaluation and a save ends with the weights of one that never was, bit for bit', async () => {
  const whole = toyRun();
  const expected = await train(whole);
  for (const death of ['batch 9', 'before renaming 2', 'evaluation 2'] as const) {
    expect((await finished(start({ death }))).signal).toBe('SIGKILL');
  }
  const { code, last } = await finished(start({}));
  const { stoppedBy, steps } = expected;
  expect([code, JSON.parse(last)]).toEqual([0, { stoppedBy, steps, weights: weightBits(whole.model) }]);
  // Nothing half-written is left of the process killed in a save.
  for (const name of await listFolder(folder.path)) expect(name).toMatch(/^checkpoint-\d+$/);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s lets the batch at hand end, saves and stops', async (signal) => {
  const child = start({ epochs: 1000 });
  const ended = finished(child);
  await once(child.stdout!, 'data');
  child.kill(signal);
  const { code, last } = await ended;
  const { stoppedBy, steps } = JSON.parse(last);
  expect([code, stoppedBy]).toEqual([130, 'signal']);
  expect(await readJsonFile(folder.join(`checkpoint-${steps}`, 'training_state.json'))).toMatchObject({ step: steps });
});
