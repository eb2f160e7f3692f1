import Papa from 'papaparse';
import { InputError } from '../../errors';
import { MAX_ROW_CHARACTERS } from './max_row_characters';
import type { BadRow, Row } from './row';
import type { TextPieces } from './text_pieces';

/** How a CSV or TSV file is written. */
export interface DelimitedOptions {
  /** Names of the columns, where the file's first row is no header. */
  readonly header?: readonly string[];
  /** Whether `"` begins and ends a field that may hold delimiters and line ends, true by default; GLUE's files want false. */
  readonly hasQuotes?: boolean;
}

/** A row as text, before it has names. */
interface Fields {
  readonly fields: readonly string[];
  readonly line: number;
  readonly problem: InputError | undefined;
}

/**
 * Rows of a CSV or TSV file; blank lines are passed over.
 *
 * @throws {InputError} for a header that names a column twice and for a row that is too long, as all is behind a quote
 *   that nobody closed.
 */
export async function* readDelimited(
  text: TextPieces,
  delimiter: ',' | '\t',
  options: DelimitedOptions,
): AsyncGenerator<Row | BadRow> {
  let header = options.header === undefined ? undefined : checked(options.header, text.name);
  for await (const { fields, line, problem } of readFields(text, delimiter, options.hasQuotes ?? true)) {
    if (problem !== undefined) yield { problem };
    else if (header === undefined) header = checked(fields, text.name);
    else yield toRow(fields, header, `Line ${line} of ${text.name}`);
  }
}

function checked(header: readonly string[], name: string): readonly string[] {
  const names = header.map((column) => column.trim());
  const twice = names.find((column, index) => names.indexOf(column) !== index);
  if (twice === undefined) return names;
  throw new InputError(`The header of ${name} must name each column once and has "${twice}" twice; rename one.`, {
    path: name,
    received: names,
  });
}

function toRow(fields: readonly string[], header: readonly string[], place: string): Row | BadRow {
  if (fields.length === header.length) {
    return { values: Object.fromEntries(header.map((name, index) => [name, fields[index]!])), place };
  }
  const problem = new InputError(
    `${place} must have ${header.length} fields (${header.slice(0, 20).join(', ')}) and has ${fields.length}; correct that line or leave it out.`,
    { expected: header.length, received: fields.length },
  );
  return { problem };
}

async function* readFields(text: TextPieces, delimiter: string, hasQuotes: boolean): AsyncGenerator<Fields> {
  const parser = new Papa.Parser({ delimiter, newline: '\n', fastMode: hasQuotes ? undefined : true });
  let rest = '';
  let line = 1;
  let parts: string[] = [];
  let characters = 0;
  const parse = (isLast: boolean): Fields[] => {
    const input = rest + parts.join('');
    [parts, characters] = [[], 0];
    const { data, errors, meta } = parser.parse(input, 0, !isLast) as Papa.ParseResult<string[]>;
    // A last line that ends comes out as one more row, which is blank.
    rest = isLast ? '' : input.slice(meta.cursor);
    const wrong = new Set(errors.map(({ row }) => row));
    return data.flatMap((row, index) => {
      const first = line;
      line += 1 + row.reduce((count, field) => count + lineEndsIn(field), 0);
      const fields = withoutCarriageReturn(row);
      if (fields.every((field) => field === '') && fields.length === 1) return [];
      const problem =
        text.refuseInvalid(first, line - 1) ?? (wrong.has(index) ? badQuotes(text.name, first) : undefined);
      return [{ fields, line: first, problem }];
    });
  };
  for await (const piece of text) {
    parts.push(piece);
    characters += piece.length;
    // What is left of a long row is looked at again only when as much has come, or a file of one row would take time in
    // the square of its length.
    if (characters < rest.length) continue;
    yield* parse(false);
    if (rest.length > MAX_ROW_CHARACTERS) throw tooLong(text.name, line);
  }
  yield* parse(true);
}

function lineEndsIn(field: string): number {
  return field.includes('\n') ? field.split('\n').length - 1 : 0;
}

/** The parser takes `\n` alone, so that a file may have both. */
function withoutCarriageReturn(fields: readonly string[]): readonly string[] {
  const last = fields.at(-1)!;
  return last.endsWith('\r') ? [...fields.slice(0, -1), last.slice(0, -1)] : fields;
}

function badQuotes(name: string, line: number): InputError {
  return new InputError(
    `The row at line ${line} of ${name} must close each quote, and double those inside, and does not; correct it, or read the file with hasQuotes: false.`,
    { path: name, received: `line ${line}` },
  );
}

function tooLong(name: string, line: number): InputError {
  return new InputError(
    `The row at line ${line} of ${name} must have at most ${MAX_ROW_CHARACTERS} characters and has more; look for a quote that is never closed, or read the file with hasQuotes: false.`,
    { path: name, expected: MAX_ROW_CHARACTERS },
  );
}
