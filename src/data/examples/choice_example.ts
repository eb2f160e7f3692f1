import type { Row } from '../readers/row';
import { findColumn, refuseValue, requireColumn, requireText, requireTexts } from './row_fields';

/** A question with several choices, one of which is right. */
export interface ChoiceExample {
  /** What the question is about; may be empty. */
  readonly context: string;
  /** The question, or the beginning that each choice completes; may be empty. */
  readonly question: string;
  readonly choices: readonly string[];
  /** Index of the right one. */
  readonly label?: number;
}

/** Where {@link toChoiceExample} finds what it needs; by default under the names in brackets. */
export interface ChoiceColumns {
  /** `context`, `sent1`; may be missing if there is a question. */
  readonly context?: string;
  /** `question`, `sent2`; may be missing if there is a context. */
  readonly question?: string;
  /** A column with a list (`choices`, `endings`), or one column a choice (`ending0`, `ending1`, …). */
  readonly choices?: string | readonly string[];
  /** `label`, `labels`, `answer`; may be missing. */
  readonly label?: string;
}

/**
 * A row as an example of multiple choice.
 *
 * @throws {InputError} with the row's place when a column is missing or holds something else.
 *
 * @example
 * toChoiceExample({ values: { question: '2 + 2?', choices: ['3', '4'], label: 1 }, place: 'Line 1' });
 * // { context: '', question: '2 + 2?', choices: ['3', '4'], label: 1 }
 */
export function toChoiceExample(row: Row, columns: ChoiceColumns = {}): ChoiceExample {
  const question = findColumn(row, columns.question, ['question', 'sent2']);
  const contexts = ['context', 'sent1'];
  const context = (question === undefined ? requireColumn : findColumn)(row, columns.context, contexts);
  const choices = choicesOf(row, columns.choices);
  const label = findColumn(row, columns.label, ['label', 'labels', 'answer']);
  return {
    context: context === undefined ? '' : requireText(row, context),
    question: question === undefined ? '' : requireText(row, question),
    choices,
    ...(label !== undefined && { label: indexOf(row, label, choices.length) }),
  };
}

function choicesOf(row: Row, chosen: ChoiceColumns['choices']): readonly string[] {
  const one = Array.isArray(chosen) ? undefined : (chosen as string | undefined);
  const columns = Array.isArray(chosen) ? (chosen as readonly string[]) : endingsOf(row);
  if (one !== undefined || columns.length === 0) {
    const column = requireColumn(row, one, ['choices', 'endings', 'ending0']);
    const texts = requireTexts(row, column);
    return texts.length >= 2 ? texts : refuseValue(row, column, 'at least two choices', texts);
  }
  return columns.map((column) => requireText(row, requireColumn(row, column, [])));
}

function endingsOf({ values }: Row): readonly string[] {
  const endings: string[] = [];
  while (Object.hasOwn(values, `ending${endings.length}`)) endings.push(`ending${endings.length}`);
  return endings;
}

function indexOf(row: Row, column: string, count: number): number {
  const value = row.values[column];
  const index = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (Number.isInteger(index) && (index as number) >= 0 && (index as number) < count) return index as number;
  return refuseValue(row, column, `the index of a choice, from 0 to ${count - 1},`, value);
}
