/** The source of a regular expression (flag `u` or not) that matches exactly the given text. */
export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
