import { TokenizerError } from '../../errors';
import type { BatchEncoding, Encoding } from './encoding';

/**
 * Puts encodings together, key by key.
 *
 * @throws {TokenizerError} when there is none, or when one lacks a key that the first has.
 */
export function joinRows(rows: readonly Encoding[]): BatchEncoding {
  const [first] = rows;
  if (first === undefined) {
    throw new TokenizerError('A batch must hold at least one text, received an empty list; leave empty batches out.', {
      expected: 'at least one text',
      received: rows,
    });
  }
  const keys = Object.keys(first) as (keyof Encoding)[];
  const columns = keys.map((key) => [key, rows.map((row, index) => readValue(row, key, index))]);
  return Object.fromEntries(columns) as BatchEncoding;
}

/**
 * Takes a batch apart into one encoding a row.
 *
 * @throws {TokenizerError} when its keys hold different numbers of rows.
 */
export function splitRows(batch: BatchEncoding): Encoding[] {
  const count = batch.input_ids.length;
  for (const [key, values] of Object.entries(batch)) {
    if (values.length !== count) {
      throw new TokenizerError(
        `Every key of a batch must hold as many rows as input_ids (${count}), received ${values.length} for ${key}; encode them together.`,
        { path: key, expected: count, received: values.length },
      );
    }
  }
  return batch.input_ids.map(
    (_, index) => Object.fromEntries(Object.entries(batch).map(([key, values]) => [key, values[index]])) as Encoding,
  );
}

function readValue(row: Encoding, key: keyof Encoding, index: number): NonNullable<Encoding[keyof Encoding]> {
  const value = row[key];
  if (value === undefined) {
    throw new TokenizerError(
      `Every encoding of a batch must have the keys of the first, but number ${index} lacks ${key}; encode all of them with the same options.`,
      { path: key, expected: key, received: Object.keys(row) },
    );
  }
  return value;
}
