import { InputError } from '../errors';

/**
 * Lines of a text that comes in pieces, in groups: what one piece completed.
 *
 * Line ends are `\n` or `\r\n`; only one piece and one line are held at a time.
 *
 * @param maxCharacters of a line; no limit by default.
 * @throws {InputError} for a longer line.
 */
export async function* splitLines(
  pieces: AsyncIterable<string>,
  maxCharacters = Number.POSITIVE_INFINITY,
): AsyncGenerator<string[]> {
  // In parts: joining a long line again for every piece would take time in the square of its length.
  let parts: string[] = [];
  let characters = 0;
  let number = 1;
  for await (const piece of pieces) {
    const [first = '', ...rest] = piece.split('\n');
    parts.push(first);
    characters += first.length;
    if (characters > maxCharacters) {
      throw new InputError(
        `Line ${number} must have at most ${maxCharacters} characters and has more; check that the file is one of lines.`,
        { expected: maxCharacters },
      );
    }
    if (rest.length === 0) continue;
    const last = rest.pop()!;
    yield [parts.join(''), ...rest].map(withoutCarriageReturn);
    number += rest.length + 1;
    parts = [last];
    characters = last.length;
  }
  const last = parts.join('');
  if (last !== '') yield [withoutCarriageReturn(last)];
}

function withoutCarriageReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
