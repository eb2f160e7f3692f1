import type { CallOptions } from './call_options';
import type { BatchEncoding } from './encoding';
import { unpackBatch } from './packed_batch';
import { type CallResult, positionsOf, withPositionMaps } from './position_maps';
import type { TextBatch } from './text_batches';
import type { EncodeResponse, SentLog, TokenizerRecipe } from './worker_messages';
import { WorkerPool } from './worker_pool';

/** Batches in work for each thread: one that is encoded and one that waits. */
const BATCHES_PER_WORKER = 2;

/** What {@link encodeInWorkers} leaves to the tokenizer that asked. */
export interface WorkerContext {
  /** Whether results have positions. */
  readonly keepsPositions: boolean;
  /** Encodes a batch in this thread, when positions of it are asked for. */
  encode(batch: TextBatch): CallResult<BatchEncoding>;
  /** Called with what a worker would have logged. */
  log(log: SentLog): void;
}

/**
 * Encodes batches in threads and gives them back in order; reads no more of them than the threads can have in work.
 *
 * @throws {TokenizerError} what a thread throws, as the error of its batch.
 */
export async function* encodeInWorkers(
  batches: AsyncIterable<TextBatch>,
  options: Omit<CallOptions, 'returnTensors'>,
  workers: number,
  recipe: TokenizerRecipe,
  context: WorkerContext,
): AsyncGenerator<CallResult<BatchEncoding>, void, undefined> {
  const pool = new WorkerPool(workers, recipe);
  const inWork: (() => Promise<CallResult<BatchEncoding>>)[] = [];
  let number = 0;
  try {
    for await (const batch of batches) {
      const response = pool.run({ ...batch, options, number: number++ });
      // A batch that is never asked for may fail unseen.
      response.catch(() => {});
      inWork.push(async () => receive(await response, batch, context));
      if (inWork.length >= workers * BATCHES_PER_WORKER) yield await inWork.shift()!();
    }
    while (inWork.length > 0) yield await inWork.shift()!();
  } finally {
    await pool.close();
  }
}

function receive({ columns, logs }: EncodeResponse, batch: TextBatch, context: WorkerContext) {
  for (const log of logs) context.log(log);
  const data = unpackBatch(columns);
  return withLatePositions(data, batch, context);
}

/** Positions stay in the threads; the few that are asked for are found once more here. */
function withLatePositions(data: BatchEncoding, batch: TextBatch, context: WorkerContext): CallResult<BatchEncoding> {
  let again: CallResult<BatchEncoding> | undefined;
  const find = () => {
    again ??= context.encode(batch);
    return again;
  };
  const rows = (row: number) => positionsOf(find())!(row);
  return withPositionMaps(data, data.input_ids.length, context.keepsPositions ? rows : undefined);
}
