import { InputError } from '../../errors';
import { splitLines } from '../../files/split_lines';
import { MAX_ROW_CHARACTERS } from './max_row_characters';
import type { BadRow, Row } from './row';
import type { TextPieces } from './text_pieces';

/** Rows of a file with one JSON object a line; blank lines are passed over. */
export async function* readJsonLines(text: TextPieces): AsyncGenerator<Row | BadRow> {
  let number = 0;
  for await (const lines of splitLines(text, MAX_ROW_CHARACTERS)) {
    for (const line of lines) {
      number++;
      const invalid = text.refuseInvalid(number);
      if (invalid !== undefined) yield { problem: invalid };
      else if (line.trim() !== '') yield toRow(line, `Line ${number} of ${text.name}`);
    }
  }
}

function toRow(line: string, place: string): Row | BadRow {
  let cause: unknown;
  try {
    const json: unknown = JSON.parse(line);
    if (isRecord(json)) return { values: json, place };
  } catch (error) {
    cause = error;
  }
  return {
    problem: new InputError(`${place} must be a JSON object and is not; correct that line or leave it out.`, {
      expected: '{"column": …}',
      received: line.slice(0, 200),
      cause,
    }),
  };
}

/** Whether a value of JSON is an object with names. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
