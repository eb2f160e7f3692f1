import { JSONParser } from '@streamparser/json';
import { InputError } from '../../errors';
import { MAX_ROW_CHARACTERS } from './max_row_characters';
import type { TextPieces } from './text_pieces';

/**
 * Values inside a JSON text, one after another, without holding the whole.
 *
 * @param path where they stand, as JSONPath: `$.*` for the items of an array.
 * @throws {InputError} for a text that is not JSON or not UTF-8, and for a value that is too long.
 */
export async function* jsonValues(text: TextPieces, path: string): AsyncGenerator<unknown> {
  const parser = new JSONParser({ paths: [path], keepStack: false });
  const found: unknown[] = [];
  let problem: Error | undefined;
  parser.onValue = ({ value }) => found.push(value);
  parser.onError = (error) => {
    problem ??= error;
  };
  let number = 1;
  let sinceLast = 0;
  for await (const piece of text) {
    // Line by line, for the sake of the line number in the message.
    for (const line of piece.split(/(?<=\n)/)) {
      parser.write(line);
      sinceLast = found.length > 0 ? 0 : sinceLast + line.length;
      const bad = text.refuseInvalid(number) ?? (problem && notJson(text.name, number, problem));
      if (bad !== undefined) throw bad;
      if (sinceLast > MAX_ROW_CHARACTERS) throw tooLong(text.name, number);
      yield* found.splice(0);
      if (line.endsWith('\n')) number++;
    }
  }
  if (!parser.isEnded) parser.end();
  if (problem !== undefined) throw notJson(text.name, number, problem);
}

function notJson(name: string, line: number, cause: Error): InputError {
  return new InputError(`${name} must be JSON and is not, at line ${line}; correct the file.`, { path: name, cause });
}

function tooLong(name: string, line: number): InputError {
  return new InputError(
    `A row of ${name} must have at most ${MAX_ROW_CHARACTERS} characters and has more, at line ${line}; split it.`,
    { path: name, expected: MAX_ROW_CHARACTERS },
  );
}
