import { InputError } from '../../errors';
import { splitLines } from '../../files/split_lines';
import { MAX_ROW_CHARACTERS } from './max_row_characters';
import type { BadRow, Row } from './row';
import type { TextPieces } from './text_pieces';

/** How a plain text is cut. */
export interface TextDocumentOptions {
  /** Whether a blank line ends a document, rather than each line being one; false by default. */
  readonly hasParagraphs?: boolean;
}

/** The documents of a plain text, as rows with `text`; blank lines hold none. */
export async function* readTextDocuments(
  text: TextPieces,
  { hasParagraphs = false }: TextDocumentOptions,
): AsyncGenerator<Row | BadRow> {
  let number = 0;
  let document: { lines: string[]; first: number; characters: number; problem: InputError | undefined } | undefined;
  const finish = (): Row | BadRow => {
    const { lines, first, problem } = document!;
    document = undefined;
    return problem === undefined
      ? { values: { text: lines.join('\n') }, place: `Line ${first} of ${text.name}` }
      : { problem };
  };
  for await (const lines of splitLines(text, MAX_ROW_CHARACTERS)) {
    for (const line of lines) {
      number++;
      const isBlank = line.trim() === '';
      if (!isBlank) {
        document ??= { lines: [], first: number, characters: 0, problem: undefined };
        document.lines.push(line);
        document.characters += line.length;
        document.problem ??= text.refuseInvalid(number);
        if (document.characters > MAX_ROW_CHARACTERS) throw tooLong(text.name, document.first);
      }
      if (document !== undefined && (isBlank || !hasParagraphs)) yield finish();
    }
  }
  if (document !== undefined) yield finish();
}

function tooLong(name: string, line: number): InputError {
  return new InputError(
    `The document at line ${line} of ${name} must have at most ${MAX_ROW_CHARACTERS} characters and has more; put blank lines between documents, or leave hasParagraphs out.`,
    { path: name, expected: MAX_ROW_CHARACTERS },
  );
}
