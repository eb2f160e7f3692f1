import type { Row } from '../readers/row';
import { type Label, labelIndex, requireLabel } from './labels';
import { findColumn, refuseValue, requireColumn, requireText } from './row_fields';

/** A text, or a pair of texts, to classify or to rate. */
export interface TextExample {
  readonly text: string;
  readonly textPair?: string;
  /** A class, by its index where the names of the labels were given; or the number to learn; or a number for each label. */
  readonly label?: Label | readonly number[];
}

/** Where {@link toTextExample} finds what it needs; by default under the names in brackets. */
export interface TextColumns {
  /** `text`, `sentence`, `sentence1`, `premise`. */
  readonly text?: string;
  /** `text_pair`, `sentence2`, `hypothesis`; may be missing. */
  readonly textPair?: string;
  /** `label`, `labels`, `class`; may be missing. */
  readonly label?: string;
  /** Turns labels into indices and refuses others. */
  readonly labelNames?: readonly string[];
  /** Takes labels as numbers to learn (regression), false by default. */
  readonly isNumber?: boolean;
}

/**
 * A row as an example of text classification.
 *
 * @throws {InputError} with the row's place when a column is missing or holds something else.
 *
 * @example
 * toTextExample({ values: { sentence: 'Free prize!', label: 'spam' }, place: 'Line 1' }, { labelNames: ['ham', 'spam'] });
 * // { text: 'Free prize!', label: 1 }
 */
export function toTextExample(row: Row, columns: TextColumns = {}): TextExample {
  const text = requireText(row, requireColumn(row, columns.text, ['text', 'sentence', 'sentence1', 'premise']));
  const pairColumn = findColumn(row, columns.textPair, ['text_pair', 'sentence2', 'hypothesis']);
  const labelColumn = findColumn(row, columns.label, ['label', 'labels', 'class']);
  return {
    text,
    ...(pairColumn !== undefined && { textPair: requireText(row, pairColumn) }),
    ...(labelColumn !== undefined && { label: labelOf(row, labelColumn, columns) }),
  };
}

function labelOf(row: Row, column: string, { labelNames, isNumber = false }: TextColumns): Label | readonly number[] {
  const value = row.values[column];
  if (isNumbers(value)) return value;
  const label = requireLabel(value, row, column);
  if (labelNames !== undefined) return labelIndex(label, labelNames, row, column);
  if (!isNumber) return label;
  const number = Number(label);
  return Number.isFinite(number) ? number : refuseValue(row, column, 'a number', label);
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every(Number.isFinite);
}
