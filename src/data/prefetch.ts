import type { BatchStream } from './batch_stream';
import { requireInteger } from './require_integer';

/**
 * The same batches, of which the next are made while the caller works on one.
 *
 * That helps where the work leaves this thread idle, as asynchronous steps do, or where other threads make the features
 * (`tokenizeStream` with workers). A caller that stops early leaves nothing behind that is still at work.
 *
 * @param batches made ahead, 2 by default.
 * @throws {InputError} for a number below 1; what making a batch throws, in that batch's place.
 *
 * @example
 * for await (const batch of prefetch(stream, { batches: 4 }).batches(epoch)) await step(batch);
 */
export function prefetch(stream: BatchStream, { batches: count = 2 }: { batches?: number } = {}): BatchStream {
  requireInteger('batches', count, 1);
  return {
    batches: (epoch, skip) => ahead(stream.batches(epoch, skip), count),
    batchesPerEpoch: stream.batchesPerEpoch,
  };
}

async function* ahead<Item>(items: AsyncIterable<Item>, count: number): AsyncGenerator<Item> {
  const iterator = items[Symbol.asyncIterator]();
  const coming: Promise<IteratorResult<Item> | undefined>[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let isLeft = false;
  // One after the other, so that of those ahead only the one at work is waited for when the caller leaves.
  const ask = () => {
    const next = last.then(() => (isLeft ? undefined : iterator.next()));
    last = next.catch(() => {});
    coming.push(next);
  };
  try {
    for (let asked = 0; asked < count; asked++) ask();
    for (;;) {
      const result = await coming.shift()!;
      if (result === undefined || result.done) return;
      ask();
      yield result.value;
    }
  } finally {
    isLeft = true;
    await last;
    await iterator.return?.();
  }
}
