import { splitLines } from '../../src/files/split_lines';

async function linesOf(pieces: readonly string[], maxCharacters?: number): Promise<string[][]> {
  async function* source() {
    yield* pieces;
  }
  const groups: string[][] = [];
  for await (const lines of splitLines(source(), maxCharacters)) groups.push(lines);
  return groups;
}

describe('splitLines', () => {
  test.each<[name: string, pieces: string[], groups: string[][]]>([
    ['no text', [], []],
    ['lines of one piece', ['a\nb\n'], [['a', 'b']]],
    ['a line over pieces', ['a', 'b', 'c\nd'], [['abc'], ['d']]],
    ['line ends of both kinds', ['a\r\nb\n\r', '\nc\r'], [['a', 'b'], [''], ['c']]],
  ])('gives %s', async (_name, pieces, groups) => {
    expect(await linesOf(pieces)).toEqual(groups);
  });

  test('refuses a line that is too long, with its number', async () => {
    expect(await linesOf(['ab\nabc\n'], 3)).toEqual([['ab', 'abc']]);
    await expect(() => linesOf(['ab\nab', 'cd'], 3)).toThrowDebertaError(
      'input',
      /Line 2 must have at most 3 characters/,
    );
  });
});
