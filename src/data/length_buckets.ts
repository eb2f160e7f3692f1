import { InputError } from '../errors';
import { requireInteger } from './require_integer';

/** Lengths that part the buckets, in tokens. */
const BUCKETS: readonly number[] = [16, 32, 64, 128, 256, 512];

/** How features are gathered into batches. */
export interface LengthBucketOptions {
  /** Features in a batch, at most. */
  readonly batchSize: number;
  /** Longest features of all buckets but the last; 16, 32, 64, 128, 256 and 512 by default, none for batches of any lengths. */
  readonly buckets?: readonly number[];
  /** Most tokens of a batch, padding included; no limit by default. A longer feature is a batch by itself. */
  readonly maxTokens?: number;
}

interface Bucket<Item> {
  items: Item[];
  longest: number;
}

/** Gathers items of similar length until there are enough for a batch. */
export class LengthBuckets<Item> {
  readonly #bounds: readonly number[];
  readonly #buckets: Bucket<Item>[];

  /** @throws {InputError} for options that cannot be met. */
  constructor(
    private readonly lengthOf: (item: Item) => number,
    private readonly options: LengthBucketOptions,
  ) {
    this.#bounds = options.buckets ?? BUCKETS;
    this.#buckets = Array.from({ length: this.#bounds.length + 1 }, () => ({ items: [], longest: 0 }));
    requireInteger('batchSize', options.batchSize, 1);
    if (options.maxTokens !== undefined) requireInteger('maxTokens', options.maxTokens, 1);
    const isRising = this.#bounds.every((bound, index) => bound > (this.#bounds[index - 1] ?? 0));
    if (!isRising) {
      throw new InputError(
        `Option buckets must be lengths above 0 in rising order, received ${this.#bounds.join(', ')}; sort them.`,
        { path: 'buckets', received: this.#bounds },
      );
    }
  }

  /** Takes an item; returns the batches that are complete now. */
  add(item: Item): Item[][] {
    const length = this.lengthOf(item);
    const place = this.#bounds.findIndex((bound) => length <= bound);
    return this.#put(item, this.#buckets[place < 0 ? this.#bounds.length : place]!);
  }

  /** What is left, as batches of neighbouring lengths; only the last may have room for more. */
  finish(): Item[][] {
    const left = this.#buckets.flatMap((bucket) => emptied(bucket));
    const bucket = this.#buckets[0]!;
    const batches = left.flatMap((item) => this.#put(item, bucket));
    const last = emptied(bucket);
    return last.length === 0 ? batches : [...batches, last];
  }

  #put(item: Item, bucket: Bucket<Item>): Item[][] {
    const { batchSize, maxTokens = Number.POSITIVE_INFINITY } = this.options;
    const complete: Item[][] = [];
    const length = this.lengthOf(item);
    const padded = Math.max(bucket.longest, length) * (bucket.items.length + 1);
    if (bucket.items.length > 0 && padded > maxTokens) complete.push(emptied(bucket));
    bucket.items.push(item);
    bucket.longest = Math.max(bucket.longest, length);
    if (bucket.items.length === batchSize) complete.push(emptied(bucket));
    return complete;
  }
}

function emptied<Item>(bucket: Bucket<Item>): Item[] {
  const { items } = bucket;
  bucket.items = [];
  bucket.longest = 0;
  return items;
}
