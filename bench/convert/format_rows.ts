import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { markdownTable } from '../markdown_table';
import { megabytes } from '../megabytes';
import { median } from '../statistics';
import { type CheckpointFixture, CONVERT_FIXTURES, PICKLE_FIXTURE, WEIGHT_BYTES } from './convert_fixture';
import type { ConvertTarget } from './convert_task';
import { runConversion, runCopy, runNothing } from './run_task';

const MAX_RATIO = 1.3;
const HEAD = ['source', 'target', 'peak memory, MB', 'peak / weights', 'seconds', 'copy, seconds'];

const TARGETS: readonly ConvertTarget[] = [
  { format: 'tfjs', dtype: 'float32' },
  { format: 'tfjs', dtype: 'uint8' },
  { format: 'safetensors', dtype: 'float16' },
  { format: 'h5', dtype: 'float32' },
  { format: 'tf2', dtype: 'float32' },
];

/**
 * Converts a checkpoint of the shape of deberta-v3-xsmall (283 MB) from every format to tfjs, and from safetensors to
 * the others, each in a process of its own, in turns with a plain copy of the source's file.
 *
 * @param python with PyTorch, to make the pickle; without one there is no row of it.
 * @throws {Error} when a peak reaches 1.3 times the weights, Node and all modules included.
 */
export async function formatRows(rounds: number, python: string | undefined): Promise<string> {
  const fixtures = await makeFixtures(python);
  const rows: string[][] = [];
  const ratios: number[] = [];
  for (const fixture of fixtures) {
    for (const target of fixture.format === 'safetensors' ? TARGETS : TARGETS.slice(0, 1)) {
      const results = [];
      const copies = [];
      for (let round = 0; round < rounds; round++) {
        results.push(await runConversion(fixture.folder, target));
        copies.push((await runCopy(fixture.folder)).seconds);
      }
      const peak = Math.max(...results.map(({ peakBytes }) => peakBytes));
      ratios.push(peak / WEIGHT_BYTES);
      rows.push([
        fixture.file,
        `${target.format}, ${target.dtype}`,
        megabytes(peak),
        (peak / WEIGHT_BYTES).toFixed(2),
        median(results.map(({ seconds }) => seconds)).toFixed(2),
        median(copies).toFixed(2),
      ]);
    }
  }
  rows.push(['(modules loaded, nothing converted)', '', megabytes((await runNothing()).peakBytes), '', '', '']);
  const table = markdownTable(HEAD, rows);
  if (ratios.some((ratio) => ratio >= MAX_RATIO)) {
    throw new Error(`The converter's peak memory must stay below ${MAX_RATIO} times the weights:\n${table}`);
  }
  return table;
}

async function makeFixtures(python: string | undefined): Promise<readonly CheckpointFixture[]> {
  const isThere = ({ folder, file }: CheckpointFixture) => existsSync(join(folder, file));
  if (!CONVERT_FIXTURES.every(isThere)) {
    const [code] = await once(fork(join(__dirname, 'make_convert_fixtures.ts')), 'exit');
    if (code !== 0) throw new Error(`The checkpoints could not be made (exit code ${code}).`);
  }
  if (python === undefined && !isThere(PICKLE_FIXTURE)) return CONVERT_FIXTURES;
  if (!isThere(PICKLE_FIXTURE)) {
    const { folder } = CONVERT_FIXTURES.find(({ format }) => format === 'safetensors')!;
    await promisify(execFile)(python!, [join(__dirname, 'make_pickle.py'), folder, PICKLE_FIXTURE.folder]);
  }
  return [...CONVERT_FIXTURES, PICKLE_FIXTURE];
}
