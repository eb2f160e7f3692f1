import { join } from 'node:path';
import { forkTask } from '../fork_task';
import type { StreamTask, StreamTaskResult } from './stream_task';
import { textFile } from './texts';
import { TEXT_FOLDER, type VocabularySize, vocabularyFile } from './vocabularies';

/** Head of the table of {@link streamRows}. */
export const STREAM_HEAD = ['worker threads', 'MB/s', 'to none', 'calling thread busy'];

const WORKERS = [0, 1, 2];

/**
 * `encodeBatch` with and without worker threads, each in a process of its own.
 *
 * @param bytes of text.
 */
export async function streamRows(size: VocabularySize, bytes: number): Promise<string[][]> {
  const rows: string[][] = [];
  let alone: number | undefined;
  for (const workers of WORKERS) {
    const { seconds, busy } = await forkTask<StreamTask, StreamTaskResult>(join(__dirname, 'stream_task.ts'), {
      vocabulary: vocabularyFile(size, 'spm.model'),
      text: textFile(TEXT_FOLDER, 'English'),
      bytes,
      workers,
    });
    alone ??= seconds;
    rows.push([
      String(workers),
      (bytes / 1e6 / seconds).toFixed(1),
      (alone / seconds).toFixed(2),
      `${(100 * busy).toFixed(0)} %`,
    ]);
  }
  return rows;
}
