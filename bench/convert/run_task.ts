import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackendName } from '../../src/index';
import { CACHE } from '../cache';
import { forkTask } from '../fork_task';
import type { ConvertTarget, ConvertTask, ConvertTaskResult } from './convert_task';

const OUTPUT = join(CACHE, 'converted');

/** One conversion in a fresh process; what it writes is removed. */
export function runConversion(source: string, target: ConvertTarget): Promise<ConvertTaskResult> {
  return removing(() => run({ kind: 'convert', source, output: OUTPUT, ...target }));
}

/**
 * A plain copy of a folder, in a fresh process like a conversion: how fast files are written depends on what the system
 * has just done, such as giving memory of removed files back.
 */
export function runCopy(source: string): Promise<ConvertTaskResult> {
  return removing(() => run({ kind: 'copy', source, output: OUTPUT }));
}

async function removing(act: () => Promise<ConvertTaskResult>): Promise<ConvertTaskResult> {
  await rm(OUTPUT, { recursive: true, force: true });
  const result = await act();
  await rm(OUTPUT, { recursive: true, force: true });
  return result;
}

/** Loads a checkpoint into a model in a fresh process. */
export function runLoading(source: string, backend: BackendName): Promise<ConvertTaskResult> {
  return run({ kind: 'load', source, backend });
}

/** A fresh process that only loads the modules. */
export function runNothing(): Promise<ConvertTaskResult> {
  return run(undefined);
}

function run(task: ConvertTask | undefined): Promise<ConvertTaskResult> {
  return forkTask<ConvertTask, ConvertTaskResult>(join(__dirname, 'convert_task.ts'), task);
}
