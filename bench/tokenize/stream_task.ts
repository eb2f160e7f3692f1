import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { DebertaV2TokenizerFast } from '../../src/index';

/** Texts to be encoded by `encodeBatch`. */
export interface StreamTask {
  readonly vocabulary: string;
  /** File of lines. */
  readonly text: string;
  /** How much of it, from the beginning again when it ends. */
  readonly bytes: number;
  readonly workers: number;
}

/** How it went. */
export interface StreamTaskResult {
  readonly seconds: number;
  /** Share of the time in which the thread that asked had something to do. */
  readonly busy: number;
}

process.once('message', async ({ task }: { task: StreamTask }) => {
  const tokenizer = await DebertaV2TokenizerFast.fromPretrained(task.vocabulary);
  const lines = readFileSync(task.text, 'utf8').split('\n');
  const encode = async (bytes: number) => {
    const texts = linesOf(lines, bytes);
    const options = { truncation: true, maxLength: 512, workers: task.workers } as const;
    for await (const _batch of tokenizer.encodeBatch(texts, options));
  };
  await encode(task.bytes / 10);
  const before = process.cpuUsage();
  const started = performance.eventLoopUtilization();
  const start = performance.now();
  await encode(task.bytes);
  const seconds = (performance.now() - start) / 1000;
  const { utilization } = performance.eventLoopUtilization(started);
  const { user, system } = process.cpuUsage(before);
  // Without workers nothing waits, and the loop never turns.
  const busy = task.workers === 0 ? Math.min(1, (user + system) / 1e6 / seconds) : utilization;
  process.send!({ seconds, busy } satisfies StreamTaskResult, () => process.disconnect());
});

function* linesOf(lines: readonly string[], bytes: number): Generator<string> {
  for (let given = 0; ; ) {
    for (const line of lines) {
      if (given >= bytes) return;
      given += Buffer.byteLength(line);
      yield line;
    }
  }
}
