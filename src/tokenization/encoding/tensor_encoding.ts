import * as tf from '@tensorflow/tfjs';
import { TokenizerError } from '../../errors';
import type { BatchEncoding, TensorEncoding } from './encoding';

/**
 * A batch as int32 tensors: `[B, S]` for lists of ids, `[B]` for one number a text.
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

function toColumn(key: string, rows: readonly (number | readonly number[])[]): Column {
  if (rows.every((row) => typeof row === 'number')) return { values: rows, shape: [rows.length] };
  const lists = rows as readonly (readonly number[])[];
  const lengths = [...new Set(lists.map((row) => row.length))];
  if (lengths.length > 1) {
    throw new TokenizerError(
      `Tensors need rows of one length, received ${key} of lengths ${listSome(lengths)}; ask for padding: true, truncation: true or both.`,
      { path: key, expected: 'rows of one length', received: lengths },
    );
  }
  return { values: lists.flat(), shape: [rows.length, lengths[0]!] };
}

function toTensor({ values, shape }: Column): tf.Tensor {
  const type = values.every(Number.isInteger) ? 'int32' : 'float32';
  return tf.tensor([...values], [...shape], type);
}

function listSome(lengths: readonly number[]): string {
  const shown = lengths.slice(0, 5).join(', ');
  return lengths.length > 5 ? `${shown} and others` : shown;
}
