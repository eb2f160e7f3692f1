import { toNumberList } from '../to_number_list';
import type { BatchEncoding } from './encoding';

/** The numbers of one key of a batch in one piece, which passes from thread to thread without a copy. */
export interface PackedColumn {
  readonly key: string;
  readonly values: Int32Array<ArrayBuffer>;
  /** Number of items in each row; undefined where a row is a number. */
  readonly lengths: Int32Array<ArrayBuffer> | undefined;
  /** Numbers of an item: 2 for offsets, otherwise 1. */
  readonly width: number;
}

/** Packs a batch column by column. */
export function packBatch(batch: BatchEncoding): PackedColumn[] {
  return Object.entries(batch).map(([key, rows]) => {
    if (rows.every((row) => typeof row === 'number')) {
      return { key, values: Int32Array.from(rows), lengths: undefined, width: 1 };
    }
    const lists = rows as readonly (readonly (number | readonly number[])[])[];
    const width = lists.some((list) => Array.isArray(list[0])) ? 2 : 1;
    const lengths = Int32Array.from(lists, (list) => list.length);
    const values = new Int32Array(lengths.reduce((sum, length) => sum + length, 0) * width);
    let at = 0;
    for (const list of lists) {
      values.set(width === 1 ? (list as readonly number[]) : (list as readonly number[][]).flat(), at);
      at += list.length * width;
    }
    return { key, values, lengths, width };
  });
}

/** Undoes {@link packBatch}. */
export function unpackBatch(columns: readonly PackedColumn[]): BatchEncoding {
  const entries = columns.map(({ key, values, lengths, width }) => {
    if (lengths === undefined) return [key, toNumberList(values, 0, values.length)];
    let at = 0;
    const rows = Array.from(lengths, (length) => {
      const row = toNumberList(values, at, at + length * width);
      at += length * width;
      return width === 1 ? row : Array.from({ length }, (_, index) => [row[index * 2], row[index * 2 + 1]]);
    });
    return [key, rows];
  });
  return Object.fromEntries(entries) as BatchEncoding;
}

/** What is handed over, not copied, when columns are sent. */
export function buffersOf(columns: readonly PackedColumn[]): ArrayBuffer[] {
  return columns.flatMap(({ values, lengths }) => [values.buffer, ...(lengths ? [lengths.buffer] : [])]);
}
