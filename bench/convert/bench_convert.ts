import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CACHE } from '../cache';
import { forkTask } from '../fork_task';
import { markdownTable } from '../markdown_table';
import { megabytes } from '../megabytes';
import { type CheckpointFixture, CONVERT_FIXTURES } from './convert_fixture';
import type { ConvertTask, ConvertTaskResult } from './convert_task';

const MAX_RATIO = 1.3;
const HEAD = ['source', 'weights, MB', 'peak memory, MB', 'peak / weights', 'seconds', 'copy, seconds', 'time / copy'];

/**
 * Measures the converter on a checkpoint of the shape of deberta-v3-xsmall (283 MB), which it makes itself.
 *
 * Each conversion runs in a process of its own, whose peak resident memory counts whole: Node, ts-node and the
 * modules included. The time of a plain copy of the file stands beside it.
 *
 * @returns a Markdown table.
 * @throws {Error} when a peak reaches 1.3 times the size of the weights.
 */
export async function benchConvert(): Promise<string> {
  const rows: string[][] = [];
  const ratios: number[] = [];
  await makeFixtures();
  for (const fixture of CONVERT_FIXTURES) {
    const { peakBytes, seconds } = await runTask({ source: fixture.folder, output: `${fixture.folder}-as-tfjs` });
    const copySeconds = await timeCopy(fixture);
    const ratio = peakBytes / fixture.weightBytes;
    ratios.push(ratio);
    rows.push([
      fixture.file,
      megabytes(fixture.weightBytes),
      megabytes(peakBytes),
      ratio.toFixed(2),
      seconds.toFixed(2),
      copySeconds.toFixed(2),
      (seconds / copySeconds).toFixed(1),
    ]);
  }
  const baseline = await runTask(undefined);
  rows.push(['(modules loaded, nothing converted)', '0', megabytes(baseline.peakBytes), '', '', '', '']);
  const table = markdownTable(HEAD, rows);
  if (ratios.some((ratio) => ratio >= MAX_RATIO)) {
    throw new Error(`The converter's peak memory must stay below ${MAX_RATIO} times the weights:\n${table}`);
  }
  return table;
}

async function makeFixtures(): Promise<void> {
  if (CONVERT_FIXTURES.every(({ folder, file }) => existsSync(join(folder, file)))) return;
  const [code] = await once(fork(join(__dirname, 'make_convert_fixtures.ts')), 'exit');
  if (code !== 0) throw new Error(`The checkpoints could not be made (exit code ${code}).`);
}

/** Runs one conversion in a fresh process; without a task it only loads the modules. */
async function runTask(task: ConvertTask | undefined): Promise<ConvertTaskResult> {
  if (task !== undefined) await rm(task.output, { recursive: true, force: true });
  const result = await forkTask<ConvertTask, ConvertTaskResult>(join(__dirname, 'convert_task.ts'), task);
  if (task !== undefined) await rm(task.output, { recursive: true, force: true });
  return result;
}

async function timeCopy({ folder, file }: CheckpointFixture): Promise<number> {
  const copy = join(CACHE, 'copy');
  await mkdir(CACHE, { recursive: true });
  const start = performance.now();
  await copyFile(join(folder, file), copy);
  const seconds = (performance.now() - start) / 1000;
  await stat(copy);
  await rm(copy);
  return seconds;
}
