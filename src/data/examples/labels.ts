import type { Row } from '../readers/row';
import { refuseValue } from './row_fields';

/** A class: its name, or its index among the names. */
export type Label = string | number;

/** A number that stands for a class, as text or not. */
const INTEGER = /^-?\d+$/;

/**
 * The index of a label among the names.
 *
 * A name counts before an index. Where names are whole numbers themselves (`1`, `2`, `3`), a label must be a name.
 *
 * @param column of the label, for messages.
 * @throws {InputError} for a label that is neither.
 *
 * @example
 * labelIndex('spam', ['ham', 'spam'], row, 'label'); // 1
 * labelIndex(1, ['ham', 'spam'], row, 'label'); // 1
 * labelIndex(1, ['1', '2', '3'], row, 'label'); // 0
 */
export function labelIndex(label: unknown, labelNames: readonly string[], row: Row, column: string): number {
  const text = String(label).trim();
  const byName = labelNames.indexOf(text);
  if (byName >= 0) return byName;
  if (INTEGER.test(text) && !labelNames.some((name) => INTEGER.test(name))) {
    const index = Number(text);
    if (index >= 0 && index < labelNames.length) return index;
  }
  const names = labelNames.length > 20 ? [...labelNames.slice(0, 20), '…'] : labelNames;
  const indices = labelNames.length === 1 ? 'or 0' : `or an index from 0 to ${labelNames.length - 1}`;
  return refuseValue(row, column, `a label (${names.join(', ')}) ${indices}`, label);
}

/** @throws {InputError} unless the value is a string that is not blank or a finite number. */
export function requireLabel(label: unknown, row: Row, column: string): Label {
  if (typeof label === 'string' && label.trim() !== '') return label.trim();
  if (typeof label === 'number' && Number.isFinite(label)) return label;
  return refuseValue(row, column, 'a label, which is a name or a number,', label);
}
