import * as tf from '@tensorflow/tfjs';
import { TokenizerError } from '../../errors';
import type { BatchEncoding, TensorEncoding } from './encoding';

/**
 * A batch as int32 tensors: `[B, S]` for lists of ids, `[B, S, 2]` for offsets, `[B]` for one number a text.
 *
 * A key that is not the tokenizer's own, such as labels, becomes float32 when it holds a fraction.
 *
 * @throws {TokenizerError} when the rows of a key differ in length; no tensor is left behind then.
 */
export function toTensorEncoding(batch: BatchEncoding): TensorEncoding {
  const columns = Object.entries(batch).map(([key, rows]) => [key, toColumn(key, rows)] as const);
  return Object.fromEntries(columns.map(([key, column]) => [key, toTensor(column)])) as TensorEncoding;
}

interface Column {
  readonly values: readonly number[];
  readonly shape: readonly number[];
}

type Nested = number | readonly Nested[];

function toColumn(key: string, rows: readonly Nested[]): Column {
  let values: readonly Nested[] = rows;
  const shape = [rows.length];
  while (values.some((value) => typeof value !== 'number')) {
    const lists = values as readonly (readonly Nested[])[];
    const lengths = [...new Set(lists.map((list) => list.length))];
    if (lengths.length > 1) throw raggedRows(key, lengths);
    shape.push(lengths[0]!);
    values = lists.flat();
  }
  return { values: values as readonly number[], shape };
}

function raggedRows(key: string, lengths: readonly number[]): TokenizerError {
  return new TokenizerError(
    `Tensors need rows of one length, received ${key} of lengths ${listSome(lengths)}; ask for padding: true, truncation: true or both.`,
    { path: key, expected: 'rows of one length', received: lengths },
  );
}

function toTensor({ values, shape }: Column): tf.Tensor {
  const type = values.every(Number.isInteger) ? 'int32' : 'float32';
  return tf.tensor([...values], [...shape], type);
}

function listSome(lengths: readonly number[]): string {
  const shown = lengths.slice(0, 5).join(', ');
  return lengths.length > 5 ? `${shown} and others` : shown;
}
