import { InputError } from '../../errors';
import { isRecord, readJsonLines } from './json_lines';
import { jsonValues } from './json_values';
import type { BadRow, Row } from './row';
import { readSquad } from './squad';
import type { TextPieces } from './text_pieces';

/** Longest first line that is looked at, in UTF-16 code units. */
const FIRST_LINE = 1 << 16;

/** Rows of a JSON file of any kind: an array of objects, SQuAD's object, or, since many are named so, JSON lines. */
export async function* readJsonRows(text: TextPieces): AsyncGenerator<Row | BadRow> {
  const beginning = (await text.peek(showsKind)).trimStart();
  if (beginning.startsWith('[')) yield* readJsonArray(text);
  else if (beginning === '' || isLine(beginning)) yield* readJsonLines(text);
  else yield* readSquad(text);
}

/** Whether there is a bracket, or of what begins with a brace the first line. */
function showsKind(beginning: string): boolean {
  const text = beginning.trimStart();
  if (!text.startsWith('{')) return text !== '';
  return text.includes('\n') || text.length >= FIRST_LINE;
}

/** Whether the first line is an object by itself and not one that holds all data. */
function isLine(beginning: string): boolean {
  const end = beginning.indexOf('\n');
  try {
    const json: unknown = JSON.parse(end < 0 ? beginning : beginning.slice(0, end));
    return isRecord(json) && !Array.isArray(json.data);
  } catch {
    return false;
  }
}

async function* readJsonArray(text: TextPieces): AsyncGenerator<Row | BadRow> {
  let number = 0;
  for await (const values of jsonValues(text, '$.*')) {
    const place = `Row ${++number} of ${text.name}`;
    if (isRecord(values)) yield { values, place };
    else {
      const problem = new InputError(`${place} must be a JSON object and is not; correct it or leave it out.`, {
        expected: '{"column": …}',
        received: values,
      });
      yield { problem };
    }
  }
}
