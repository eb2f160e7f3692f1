import type { Batch } from '../../src/data/batch';
import type { Feature } from '../../src/data/collator';

/** A feature that knows which it is. */
export interface NumberedFeature extends Feature {
  readonly number: number;
}

/** Features of these lengths, with their number for ids. */
export function featuresOf(lengths: readonly number[]): NumberedFeature[] {
  return lengths.map((length, number) => ({ number, input_ids: new Array<number>(length).fill(number) }));
}

/** Pads with -1; the labels are the numbers of the features, and the seed is kept beside them. */
export function collate(features: readonly NumberedFeature[], seed: number): Batch {
  const longest = Math.max(...features.map(({ input_ids }) => input_ids.length));
  const rows = features.map(({ input_ids }) =>
    [...input_ids, ...new Array<number>(longest).fill(-1)].slice(0, longest),
  );
  return {
    xs: { input_ids: { values: Int32Array.from(rows.flat()), shape: [features.length, longest] } },
    ys: {
      labels: { values: Int32Array.from(features, ({ number }) => number), shape: [features.length] },
      seed: { values: Float32Array.of(seed), shape: [1] },
    },
    size: features.length,
    tokens: features.reduce((sum, { input_ids }) => sum + input_ids.length, 0),
  };
}

/** The numbers of the features in a batch. */
export function numbersOf(batch: Batch): number[] {
  return [...batch.ys.labels!.values];
}

/** All items of a stream. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** A source of items that can be read again and counts what was read. */
export function counted<Item>(items: readonly Item[]) {
  const read = { count: 0, passes: 0, open: 0 };
  const source: AsyncIterable<Item> = {
    async *[Symbol.asyncIterator]() {
      read.passes++;
      read.open++;
      try {
        for (const item of items) {
          read.count++;
          yield item;
        }
      } finally {
        read.open--;
      }
    },
  };
  return { read, source };
}

/** 0, 1, 2, … */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
