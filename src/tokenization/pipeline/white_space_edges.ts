const WHITE_SPACE = /^\p{White_Space}$/u;

/** Where the white space that `text` has at `start` ends (`char::is_whitespace` of Rust). */
export function whiteSpaceEnd(text: string, start: number): number {
  let position = start;
  while (position < text.length && WHITE_SPACE.test(text[position]!)) position++;
  return position;
}

/** Where the white space that `text` has just before `end` begins, but not before `least`. */
export function whiteSpaceStart(text: string, end: number, least = 0): number {
  let position = end;
  while (position > least && WHITE_SPACE.test(text[position - 1]!)) position--;
  return position;
}
