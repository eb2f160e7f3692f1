/** What Python's `str.isspace` calls white space; JavaScript's `trim` takes other characters (U+FEFF, not U+001C). */
const WHITE_SPACE = new Set(
  '\t\n\v\f\r\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
);

/** Number of white space characters that a text begins with. */
export function leadingSpaces(text: string): number {
  let count = 0;
  while (count < text.length && WHITE_SPACE.has(text[count]!)) count++;
  return count;
}

/** Number of white space characters that a text ends with. */
export function trailingSpaces(text: string): number {
  let end = text.length;
  while (end > 0 && WHITE_SPACE.has(text[end - 1]!)) end--;
  return text.length - end;
}

/** The text without white space at its beginning, as Python's `str.lstrip`. */
export function stripStart(text: string): string {
  return text.slice(leadingSpaces(text));
}

/** The text without white space at its end, as Python's `str.rstrip`. */
export function stripEnd(text: string): string {
  return text.slice(0, text.length - trailingSpaces(text));
}
