/** What Python's `str.isspace` calls white space; JavaScript's `trim` takes other characters (U+FEFF, not U+001C). */
const WHITE_SPACE = new Set(
  '\t\n\v\f\r\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
);

/** The text without white space at its beginning, as Python's `str.lstrip`. */
export function stripStart(text: string): string {
  let start = 0;
  while (start < text.length && WHITE_SPACE.has(text[start]!)) start++;
  return text.slice(start);
}

/** The text without white space at its end, as Python's `str.rstrip`. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && WHITE_SPACE.has(text[end - 1]!)) end--;
  return text.slice(0, end);
}
