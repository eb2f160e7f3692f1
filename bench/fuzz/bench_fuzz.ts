import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { convertCheckpoint } from '../../src/index';
import { CACHE } from '../cache';
import { markdownTable } from '../markdown_table';
import { megabytes } from '../megabytes';
import { FUZZ_FORMATS, type FuzzFormat, TFJS_FOLDER, TFJS_SOURCE } from './fuzz_formats';
import { FuzzProcess } from './fuzz_process';
import type { FuzzTaskResult } from './fuzz_task';
import { type Draw, mutate, seededDraw } from './mutate';

/** Options of {@link benchFuzz}. */
export interface FuzzBenchOptions {
  /** Time for each format. */
  readonly seconds: number;
  /** The only format to try; all by default. */
  readonly format?: string | undefined;
  /** Another seed damages the files otherwise. */
  readonly seed: number;
}

const HEAD = ['format', 'inputs', 'refused', 'read', 'other errors', 'slowest input, ms', 'peak memory, MB'];
const OFFENDERS = join(CACHE, 'fuzz');

/**
 * Damages small checkpoints of each format at random and converts them, in a process that is watched.
 *
 * Each must be read or refused with an error of this package. An input that leads to another error, a crash or a hang
 * is kept in the cache.
 *
 * @returns a Markdown table.
 * @throws {Error} when there was such an input; the message has the table and names the inputs.
 */
export async function benchFuzz({ seconds, format, seed }: FuzzBenchOptions): Promise<string> {
  await convertCheckpoint(TFJS_SOURCE, TFJS_FOLDER, { overwrite: true });
  const rows: string[][] = [];
  const offenders: string[] = [];
  for (const chosen of FUZZ_FORMATS.filter(({ name }) => format === undefined || name === format)) {
    const { results, kept } = await fuzz(chosen, seconds, seed);
    const count = (outcome: FuzzTaskResult['outcome']) =>
      String(results.filter((result) => result.outcome === outcome).length);
    rows.push([
      chosen.name,
      String(results.length),
      count('refused'),
      count('read'),
      count('error'),
      Math.max(...results.map(({ milliseconds }) => milliseconds)).toFixed(0),
      megabytes(Math.max(...results.map(({ peakBytes }) => peakBytes))),
    ]);
    offenders.push(...kept);
  }
  const table = markdownTable(HEAD, rows);
  if (offenders.length > 0) {
    throw new Error(
      `Every input must be read or refused with an error of this package:\n${table}\n${offenders.join('\n')}`,
    );
  }
  return table;
}

async function fuzz({ name, checkpoints }: FuzzFormat, seconds: number, seed: number) {
  const scratch = await mkdtemp(join(tmpdir(), 'fuzz-'));
  const reader = new FuzzProcess();
  const draw = seededDraw(seed);
  const results: FuzzTaskResult[] = [];
  const kept: string[] = [];
  const end = performance.now() + 1000 * seconds;
  try {
    for (let input = 0; performance.now() < end; input++) {
      const source = join(scratch, 'source');
      const damaged = await placeDamaged(checkpoints[draw(checkpoints.length)]!, source, draw);
      const result = await reader.run({ source, output: join(scratch, 'output') });
      results.push(result);
      if (result.outcome !== 'error') continue;
      const place = join(OFFENDERS, `${name}-${seed}-${input}`);
      await cp(source, place, { recursive: true });
      kept.push(`${relative('.', join(place, damaged))}: ${result.message}`);
    }
  } finally {
    reader.close();
    await rm(scratch, { recursive: true, force: true });
  }
  return { results, kept };
}

/** A copy of a checkpoint with one of its files damaged. @returns the file's name. */
async function placeDamaged(
  { folder, files }: FuzzFormat['checkpoints'][number],
  place: string,
  draw: Draw,
): Promise<string> {
  await rm(place, { recursive: true, force: true });
  await cp(folder, place, { recursive: true });
  const file = files[draw(files.length)]!;
  await writeFile(join(place, file), mutate(await readFile(join(folder, file)), draw));
  return file;
}
