import type { CallOptions } from './call_options';
import { encodeInWorkers, type WorkerContext } from './encode_in_workers';
import type { BatchEncoding } from './encoding';
import type { CallResult } from './position_maps';
import {
  type EncodeBatchOptions,
  type StreamedText,
  streamSettings,
  type TextBatch,
  textBatches,
} from './text_batches';
import type { SentLog, TokenizerRecipe } from './worker_messages';

/** What {@link encodeStream} has to know of a tokenizer. */
export interface StreamContext {
  /** Whether results have positions. */
  readonly keepsPositions: boolean;
  /** Encodes a batch as `call` does. */
  call(texts: TextBatch['texts'], options: CallOptions): CallResult<BatchEncoding>;
  /** What a thread makes the same tokenizer of; asked for when there are threads. */
  recipe(): TokenizerRecipe;
  /** Called with what a thread would have logged. */
  log(log: SentLog): void;
}

/** Encodes a stream of texts batch by batch, in order, in this thread or in others. */
export async function* encodeStream(
  texts: Iterable<StreamedText> | AsyncIterable<StreamedText>,
  options: EncodeBatchOptions,
  context: StreamContext,
): AsyncGenerator<CallResult<BatchEncoding>, void, undefined> {
  const { batchSize, workers } = streamSettings(options);
  const { batchSize: _size, workers: _workers, returnTensors: _tensors, ...callOptions } = options;
  const batches = textBatches(texts, batchSize, options.isSplitIntoWords ?? false);
  const encode = ({ texts: list, textPair }: TextBatch) =>
    context.call(list, { ...callOptions, ...(textPair && { textPair }) });
  if (workers > 0) {
    const { keepsPositions, log } = context;
    const workerContext: WorkerContext = { keepsPositions, encode, log };
    yield* encodeInWorkers(batches, callOptions, workers, context.recipe(), workerContext);
    return;
  }
  for await (const batch of batches) yield encode(batch);
}
