import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs, promisify } from 'node:util';
import { tensorboardLog } from '../../src/training/logs/tensorboard_log';

/** Runs by name: values by tag. */
type View = Readonly<Record<string, Readonly<Record<'scalars' | 'histograms' | 'text', object>>>>;

const loss = (step: number, value = 1 / step) => ({ kind: 'train', step, values: { loss: value } }) as const;

/** Writes a run that was stopped at step 4 and resumed from step 2, and one that was killed while it wrote. */
async function writeRuns(folder: string): Promise<void> {
  const first = await tensorboardLog(folder, { runName: 'resumed', settings: { rate: 2e-5, note: 'a | b' } });
  for (const step of [1, 2, 3, 4]) await first.write(loss(step, -step));
  await first.close();
  const second = await tensorboardLog(folder, { runName: 'resumed' });
  const histograms = { kernel: Float32Array.of(-1, 0, 0.5, 0.5, NaN) };
  await second.write({ kind: 'train', step: 3, values: { loss: 0.25, gradient_norm: NaN }, histograms });
  await second.write({ kind: 'eval', step: 3, values: { f1: 0.75 } });
  await second.close();
  const killed = await tensorboardLog(folder, { runName: 'killed' });
  for (const step of [1, 2]) await killed.write(loss(step));
  await killed.close();
  const [name] = readdirSync(join(folder, 'killed'));
  const path = join(folder, 'killed', name!);
  truncateSync(path, (await stat(path)).size - 3);
}

const SCALARS = {
  'train/loss': [
    [1, -1],
    [2, -2],
    [3, 0.25],
  ],
  'train/gradient_norm': [[3, 'nan']],
  'kernel/not_finite': [[3, 1]],
  'eval/f1': [[3, 0.75]],
};
const HISTOGRAMS = { kernel: [[3, 4]] };
const KILLED = { scalars: { 'train/loss': [[1, 1]] }, histograms: {}, text: {} };
const ROW = (name: string, value: string) => `<tr>\n<td>${name}</td>\n<td>${value}</td>\n</tr>\n`;

/** What each reader must find. */
const EXPECTED: ReadonlyArray<readonly [reader: string, view: View]> = [
  [
    'the reader in Python',
    {
      killed: KILLED,
      resumed: {
        scalars: SCALARS,
        histograms: HISTOGRAMS,
        text: { settings: '| setting | value |\n| --- | --- |\n| rate | 0.00002 |\n| note | a \\| b |' },
      },
    },
  ],
  [
    'the program tensorboard',
    {
      killed: KILLED,
      resumed: {
        scalars: SCALARS,
        histograms: HISTOGRAMS,
        text: {
          settings: `<table>\n<thead>\n<tr>\n<th>setting</th>\n<th>value</th>\n</tr>\n</thead>\n<tbody>\n${ROW('rate', '0.00002')}${ROW('note', 'a | b')}</tbody>\n</table>`,
        },
      },
    },
  ],
];

/** Has TensorBoard read what this package logs; without it, a line says so. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { python: { type: 'string' } } });
  const python = values.python ?? process.env.PYTHON ?? 'python3';
  const isInstalled = await promisify(execFile)(python, ['-c', 'import tensorboard']).catch(() => undefined);
  if (isInstalled === undefined) {
    process.stdout.write(`left out: event files, which need ${python} with tensorboard\n`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'deberta-events-'));
  try {
    await writeRuns(folder);
    const script = join(__dirname, '..', 'reference', 'check_event_files.py');
    const { stdout } = await promisify(execFile)(python, [script, folder]);
    const lines = stdout.trim().split('\n');
    let failed = 0;
    for (const [index, [reader, view]] of EXPECTED.entries()) {
      const isSame = isDeepStrictEqual(JSON.parse(lines[index]!), view);
      process.stdout.write(isSame ? `ok: ${reader}\n` : `FAILED: ${reader}: ${lines[index]}\n`);
      if (!isSame) failed++;
    }
    process.stdout.write(`${EXPECTED.length - failed} passed, ${failed} failed\n`);
    if (failed > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
});
