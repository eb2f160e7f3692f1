/**
 * Lines without end, of words that never stop being new: in every pass after the first, the halves of words change
 * partners, each time with those of another neighbour.
 */
export function* endlessLines(lines: readonly string[]): Generator<string, never> {
  if (lines.length === 0) throw new RangeError('Endless lines need at least one line, received none.');
  for (let pass = 0; ; pass++) {
    for (const line of lines) yield pass === 0 ? line : recombine(line.split(' '), pass);
  }
}

function recombine(words: readonly string[], distance: number): string {
  return words
    .map((word, index) => {
      const other = words[(index + distance) % words.length]!;
      return word.slice(0, word.length >> 1) + other.slice(other.length >> 1);
    })
    .join(' ');
}
