import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Batch, BatchArray } from '../../../src/data/batch';
import {
  DebertaV2TokenizerFast,
  type DebertaV2TokenizerFastOptions,
} from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import { modelBytes } from '../../tokenization/tables';

/** Numbers in nested lists, as the reference writes a batch. */
export type RecordedBatch = Record<string, readonly unknown[]>;

/** What the reference's collators and guides made of examples. */
export function readCollatorFixture<Content>(name: string): Content {
  return JSON.parse(readFileSync(join(__dirname, '..', '..', 'fixtures', 'collators', `${name}.json`), 'utf8'));
}

/** The tokenizer that the fixtures were made with. */
export function plainTokenizer(options: DebertaV2TokenizerFastOptions = {}): Promise<DebertaV2TokenizerFast> {
  return DebertaV2TokenizerFast.fromModel(modelBytes('plain'), options);
}

/** An array of a batch as nested lists. */
export function nested({ values, shape }: BatchArray): unknown[] {
  return shape
    .slice(1)
    .reduceRight<unknown[]>(
      (items, size) =>
        Array.from({ length: items.length / size }, (_, row) => items.slice(row * size, (row + 1) * size)),
      [...values],
    );
}

/** A batch as the reference writes it. */
export function recorded({ xs, ys }: Batch): RecordedBatch {
  return Object.fromEntries(Object.entries({ ...xs, ...ys }).map(([name, array]) => [name, nested(array)]));
}
