import type { Row } from '../readers/row';
import { requireColumn, requireText } from './row_fields';

/** A text to learn the language from. */
export interface PlainText {
  readonly text: string;
}

/** Where {@link toPlainText} finds the text. */
export interface PlainTextColumns {
  /** `text`, `document` or `content` by default. */
  readonly text?: string;
}

/**
 * A row as a text for masked language modelling.
 *
 * @throws {InputError} with the row's place when it holds no text.
 */
export function toPlainText(row: Row, columns: PlainTextColumns = {}): PlainText {
  return { text: requireText(row, requireColumn(row, columns.text, ['text', 'document', 'content'])) };
}
