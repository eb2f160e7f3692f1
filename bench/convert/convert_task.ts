import { cp } from 'node:fs/promises';
import {
  type BackendName,
  type CheckpointFormat,
  convertCheckpoint,
  type StorageType,
  TFDebertaV2Model,
  useBackend,
} from '../../src/index';

/** What a conversion writes. */
export interface ConvertTarget {
  readonly format: CheckpointFormat;
  readonly dtype: StorageType;
}

/** One conversion, one plain copy of the files, or one loading into a model. */
export type ConvertTask =
  | ({ readonly kind: 'convert'; readonly source: string; readonly output: string } & ConvertTarget)
  | { readonly kind: 'copy'; readonly source: string; readonly output: string }
  | { readonly kind: 'load'; readonly source: string; readonly backend: BackendName };

/** What it took. */
export interface ConvertTaskResult {
  /** Largest resident memory of the process in its whole life. */
  readonly peakBytes: number;
  /** Resident memory before it began: Node, the modules, the backend. */
  readonly baseBytes: number;
  readonly seconds: number;
}

process.once('message', async ({ task }: { task?: ConvertTask }) => {
  if (task?.kind === 'load') await useBackend(task.backend);
  const baseBytes = process.memoryUsage().rss;
  const start = performance.now();
  if (task !== undefined) await run(task);
  const seconds = (performance.now() - start) / 1000;
  // Node reports kilobytes.
  const result: ConvertTaskResult = { peakBytes: process.resourceUsage().maxRSS * 1024, baseBytes, seconds };
  process.send!(result, () => process.disconnect());
});

async function run(task: ConvertTask): Promise<void> {
  if (task.kind === 'copy') await cp(task.source, task.output, { recursive: true });
  else if (task.kind === 'convert') await convertCheckpoint(task.source, task.output, task);
  else (await TFDebertaV2Model.fromPretrained(task.source)).dispose();
}
