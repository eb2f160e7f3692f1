import type { Batch } from '../../src/data/batch';
import type { BatchStream } from '../../src/data/batch_stream';
import { prefetch } from '../../src/data/prefetch';
import { collate, collect, featuresOf, range } from './support';

const BATCH = collate(featuresOf([3]), 0);

/** Lets everything happen that can happen without the test: far more turns of the event loop than all batches take. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A stream that tells when it makes a batch; making takes a turn of the event loop. */
function recordedStream(count: number, events: string[], failAt = -1): BatchStream {
  return {
    batchesPerEpoch: count,
    async *batches(epoch, skip = 0): AsyncGenerator<Batch> {
      try {
        for (let number = skip; number < count; number++) {
          await new Promise((resolve) => setImmediate(resolve));
          if (number === failAt) throw new Error(`batch ${number} is broken`);
          events.push(`made ${number}`);
          yield { ...BATCH, size: number, tokens: epoch };
        }
      } finally {
        events.push('closed');
      }
    },
  };
}

describe('prefetch', () => {
  test('gives the same batches', async () => {
    const stream = prefetch(recordedStream(5, []));
    expect(stream.batchesPerEpoch).toBe(5);
    expect((await collect(stream.batches(1))).map(({ size, tokens }) => [size, tokens])).toEqual(
      range(5).map((number) => [number, 1]),
    );
    expect((await collect(stream.batches(0, 3))).map(({ size }) => size)).toEqual([3, 4]);
  });

  test('makes the next batches while a step runs, and waits when there are enough', async () => {
    const events: string[] = [];
    for await (const { size } of prefetch(recordedStream(5, events), { batches: 2 }).batches(0)) {
      events.push(`begin ${size}`);
      await settle();
      events.push(`end ${size}`);
    }
    const during = (step: number) =>
      events
        .slice(events.indexOf(`begin ${step}`), events.indexOf(`end ${step}`))
        .filter((event) => /made/.test(event));
    // Batch 1 may be there before the first step begins.
    expect(during(0)).toContain('made 2');
    expect([during(1), during(2), during(3), during(4)]).toEqual([['made 3'], ['made 4'], [], []]);
  });

  test('without it nothing is made during a step', async () => {
    const events: string[] = [];
    for await (const { size } of recordedStream(3, events).batches(0)) {
      events.push(`begin ${size}`);
      await settle();
      events.push(`end ${size}`);
    }
    expect(events.join()).toMatch(/^(made (\d),begin \2,end \2,)+closed$/);
  });

  test.each([1, 3])('makes no more than %d ahead', async (batches) => {
    const events: string[] = [];
    for await (const { size } of prefetch(recordedStream(10, events), { batches }).batches(0)) {
      for (const _ of range(5)) await settle();
      expect(events.filter((event) => event.startsWith('made')).length).toBe(Math.min(10, size + 1 + batches));
    }
  });

  test('leaves nothing at work behind a caller that stops', async () => {
    const events: string[] = [];
    for await (const _ of prefetch(recordedStream(100, events), { batches: 5 }).batches(0)) break;
    expect(events.at(-1)).toBe('closed');
    const count = events.length;
    await settle();
    expect(events).toHaveLength(count);
    expect(count).toBeLessThanOrEqual(3);
  });

  test('gives the batches before an error, then the error', async () => {
    const events: string[] = [];
    const sizes: number[] = [];
    await expect(async () => {
      for await (const { size } of prefetch(recordedStream(5, events, 2), { batches: 4 }).batches(0)) sizes.push(size);
    }).rejects.toThrow('batch 2 is broken');
    expect(sizes).toEqual([0, 1]);
    expect(events.at(-1)).toBe('closed');
  });

  test('an error nobody waits for is none', async () => {
    for await (const _ of prefetch(recordedStream(5, [], 1), { batches: 4 }).batches(0)) {
      await settle();
      break;
    }
  });

  test.each([0, 1.5, Number.POSITIVE_INFINITY])('refuses %d batches', (batches) => {
    expect(() => prefetch(recordedStream(1, []), { batches })).toThrowDebertaError('input', /Option batches must be/);
  });
});
