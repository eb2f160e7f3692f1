/** `string.punctuation` of Python: that of ASCII alone, so that “ and — stay. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;

/** Articles as whole words; `\b` of JavaScript knows no letters beyond ASCII. */
const ARTICLES = /(?<![\p{L}\p{N}])(?:an?|the)(?![\p{L}\p{N}])/gu;

/** What Python's `str.split` cuts at: white space of Unicode, and four separators of ASCII. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what Python cuts at.
const WHITE_SPACE = /[\p{White_Space}\u001c-\u001f]+/u;

/**
 * The words of an answer that SQuAD compares: in lower case, without punctuation, articles (a, an, the) and white
 * space, as the official scripts of both versions have it.
 *
 * @see https://rajpurkar.github.io/SQuAD-explorer/
 *
 * @example
 * answerWords('The  “Eiffel”-Tower!'); // ['“eiffel”tower']
 */
export function answerWords(text: string): string[] {
  const plain = text.toLowerCase().replace(PUNCTUATION, '').replace(ARTICLES, ' ');
  return plain.split(WHITE_SPACE).filter((word) => word !== '');
}
