import { readExamples } from '../../../src/data/readers/read_examples';

describe('memory', () => {
  /** Text without end, and how much of it was read. */
  function endless(beginning: string, more: string) {
    const read = { characters: 0, isClosed: false };
    async function* pieces() {
      try {
        for (yield beginning; ; read.characters += more.length) yield more;
      } finally {
        read.isClosed = true;
      }
    }
    return { read, source: pieces as () => AsyncIterable<string> };
  }

  const MORE = 'x'.repeat(1 << 20);
  test.each([
    ['a line', 'x.jsonl', '{"a":"', /Line 1 must have at most \d+ characters/],
    ['a sentence', 'x.conll', '', /Line 1 must have at most/],
    ['a quote', 'x.csv', 'a,b\n"', /row at line 2 of x\.csv must have at most \d+ characters.*never closed/],
    ['a document', 'x.txt', '', /Line 1 must have at most/],
    ['an item', 'x.json', '[{"a":"', /row of x\.json must have at most \d+ characters/],
  ])('%s without end is refused', async (_name, name, beginning, message) => {
    const { read, source } = endless(beginning, MORE);
    await expect(() => readExamples(source, { name }).toArray()).toThrowDebertaError('input', message);
    expect(read.characters).toBeLessThan(40 * MORE.length);
    expect(read.isClosed).toBe(true);
  });

  test.each([
    ['x.jsonl', '{"a":1}\n', '{"a":1}\n'],
    ['x.json', '[', '{"a":1},'],
    ['x.squad', '{"data":[{"paragraphs":[', '{"qas":[{"id":1}]},'],
    ['x.csv', 'a\n', '1\n'],
    ['x.conll', '', 'a O\n\n'],
    ['x.txt', '', 'a\n'],
  ])('%s is read as far as rows are asked for: %s', async (name, beginning, row) => {
    const { read, source } = endless(beginning, row.repeat(10));
    let count = 0;
    const options = name === 'x.squad' ? ({ format: 'squad' } as const) : {};
    for await (const _ of readExamples(source, { name, ...options })) if (++count === 25) break;
    expect(read.characters).toBeLessThanOrEqual(30 * row.length);
    expect(read.isClosed).toBe(true);
  });
});
