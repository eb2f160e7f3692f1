import type { BackendName } from '../../src/index';
import { markdownTable } from '../markdown_table';
import { megabytes } from '../megabytes';
import { LARGE, type PublishedShape, XXLARGE } from '../published_shapes';
import { median } from '../statistics';
import type { ConvertTaskResult } from './convert_task';
import { runConversion, runCopy, runLoading } from './run_task';
import { writeLargeCheckpoint } from './write_large_checkpoint';

/** What a conversion may hold of the 6.3 GB. */
const MOST_BYTES = 1_500_000_000;
/** Peak memory of loading to the size of the weights, what the process holds before it apart. */
const MOST_WEIGHTS = 1.3;

const CONVERT_HEAD = ['shape', 'weights, MB', 'peak memory, MB', 'seconds', 'copy, seconds', 'time / copy, each round'];
const LOAD_HEAD = ['shape', 'backend', 'weights, MB', 'before, MB', 'peak, MB', '(peak − before) / weights'];

/**
 * Converts a checkpoint of 1.5 billion parameters to tfjs, in turns with a plain copy of its files.
 *
 * @throws {Error} when memory exceeds 1.5 GB.
 */
export async function largeConversion(rounds: number): Promise<string> {
  const source = await writeLargeCheckpoint(XXLARGE);
  const results: ConvertTaskResult[] = [];
  const copySeconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    results.push(await runConversion(source, { format: 'tfjs', dtype: 'float32' }));
    copySeconds.push((await runCopy(source)).seconds);
  }
  const peak = Math.max(...results.map(({ peakBytes }) => peakBytes));
  const ratios = results.map(({ seconds }, round) => (seconds / copySeconds[round]!).toFixed(2));
  const table = markdownTable(CONVERT_HEAD, [
    [
      XXLARGE.name,
      megabytes(weightBytes(XXLARGE)),
      megabytes(peak),
      median(results.map(({ seconds }) => seconds)).toFixed(1),
      median(copySeconds).toFixed(1),
      ratios.join(', '),
    ],
  ]);
  if (peak >= MOST_BYTES) throw new Error(`The converter must hold less than ${MOST_BYTES} bytes:\n${table}`);
  return table;
}

/**
 * Loads a checkpoint of 1.7 GB straight into a model.
 *
 * @throws {Error} when memory exceeds 1.3 times the weights.
 */
export async function loadingRows(backends: readonly BackendName[]): Promise<string> {
  const source = await writeLargeCheckpoint(LARGE);
  const weights = weightBytes(LARGE);
  const rows: string[][] = [];
  const ratios: number[] = [];
  for (const backend of backends) {
    const { peakBytes, baseBytes } = await runLoading(source, backend);
    const ratio = (peakBytes - baseBytes) / weights;
    ratios.push(ratio);
    rows.push([LARGE.name, backend, megabytes(weights), megabytes(baseBytes), megabytes(peakBytes), ratio.toFixed(2)]);
  }
  const table = markdownTable(LOAD_HEAD, rows);
  if (ratios.some((ratio) => ratio >= MOST_WEIGHTS)) {
    throw new Error(`Loading must hold less than ${MOST_WEIGHTS} times the weights:\n${table}`);
  }
  return table;
}

const weightBytes = ({ parameters }: PublishedShape) => 4 * parameters;
