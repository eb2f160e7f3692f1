import { type ReadOptions, readExamples } from '../../../src/data/readers/read_examples';
import { logger } from '../../../src/logger';
import { bytesOf, inChunks } from './support';

const INVALID = Uint8Array.of(0xff, 0xe2, 0x82);
/** One row is bad in each: the message, and what is left without it. */
const badRows: [name: string, data: string | Uint8Array, options: ReadOptions, message: RegExp, left: unknown[]][] = [
  [
    'a broken JSON line',
    '{"a":1}\n{"a":\n{"a":3}',
    { name: 'x.jsonl' },
    /^Line 2 of x\.jsonl must be a JSON object/,
    [{ a: 1 }, { a: 3 }],
  ],
  ['a line with a list', '{"a":1}\n[1]', { name: 'x.jsonl' }, /^Line 2 of/, [{ a: 1 }]],
  ['a number in an array', '[{"a":1}, 7]', { name: 'x.json' }, /^Row 2 of x\.json must be a JSON object/, [{ a: 1 }]],
  [
    'a missing field',
    'a,b\n1,2\n"3\n4"\n5,6',
    { name: 'x.csv' },
    /^Line 3 of x\.csv must have 2 fields \(a, b\) and has 1/,
    [
      { a: '1', b: '2' },
      { a: '5', b: '6' },
    ],
  ],
  [
    'a field too many',
    'a,b\n"1\n",2\n3,4,5',
    { name: 'x.csv' },
    /^Line 4 of x\.csv must have 2 fields \(a, b\) and has 3/,
    [{ a: '1\n', b: '2' }],
  ],
  [
    'an odd quote',
    'a,b\n"x"y",2\n3,4',
    { name: 'x.csv' },
    /line 2 of x\.csv must close each quote/,
    [{ a: '3', b: '4' }],
  ],
  [
    'a quote never closed',
    'a,b\n1,2\n"3,4\n5,6',
    { name: 'x.csv' },
    /line 3 of x\.csv must close each quote/,
    [{ a: '1', b: '2' }],
  ],
  [
    'a token without a tag',
    'a O\n\nb O\nc\nd O\n\ne O',
    { name: 'x.conll' },
    /^Line 4 of x\.conll must have a token in column 0 and a tag in column -1 and has 1 columns/,
    [
      { tokens: ['a'], tags: ['O'] },
      { tokens: ['e'], tags: ['O'] },
    ],
  ],
  [
    'a sentence too long',
    'a O\n\nb O\nc O\nd O\n\ne O',
    { name: 'x.conll', maxTokens: 2 },
    /sentence at line 3 of x\.conll must have at most 2 tokens/,
    [
      { tokens: ['a'], tags: ['O'] },
      { tokens: ['e'], tags: ['O'] },
    ],
  ],
  [
    'a paragraph without questions',
    JSON.stringify({ data: [{ paragraphs: [{ context: 'a' }, { context: 'b', qas: [{ id: 1 }] }] }] }),
    { name: 'x.json' },
    /^Paragraph 1 of x\.json must be an object with a list qas/,
    [{ id: 1, context: 'b' }],
  ],
  [
    'a question that is a text',
    JSON.stringify({ data: [{ paragraphs: [{ context: 'a', qas: ['?', { id: 1 }] }] }] }),
    { name: 'x.json' },
    /^Question 1 of paragraph 1 of x\.json must be an object/,
    [{ id: 1, context: 'a' }],
  ],
  [
    'a line that is not UTF-8',
    bytesOf('{"a":1}\n{"a":"', INVALID, '"}\n{"a":"\ufffd"}'),
    { name: 'x.jsonl' },
    /^Line 2 of x\.jsonl must be UTF-8/,
    [{ a: 1 }, { a: '\ufffd' }],
  ],
  [
    'a CSV row that is not UTF-8',
    bytesOf('a,b\n1,"2\n', INVALID, '"\n3,4'),
    { name: 'x.csv' },
    /^Line 3 of x\.csv must be UTF-8/,
    [{ a: '3', b: '4' }],
  ],
  [
    'a sentence that is not UTF-8',
    bytesOf('a O\n\nb O\n', INVALID, ' O\n\nc O'),
    { name: 'x.conll' },
    /^Line 4 of x\.conll must be UTF-8/,
    [
      { tokens: ['a'], tags: ['O'] },
      { tokens: ['c'], tags: ['O'] },
    ],
  ],
  [
    'a text that breaks off in a character',
    bytesOf('one\ntwo ', Uint8Array.of(0xe2, 0x82)),
    { name: 'x.txt' },
    /^Line 2 of x\.txt must be UTF-8/,
    [{ text: 'one' }],
  ],
];

describe('a bad row', () => {
  test.each(badRows)('%s is an error', async (_name, data, options, message) => {
    const rows = readExamples(inChunks(data, 1000), options);
    await expect(() => rows.toArray()).toThrowDebertaError('input', message);
  });

  test.each(badRows)('%s is left out, counted and told', async (_name, data, options, message, left) => {
    const warn = jest.spyOn(logger, 'warn').mockImplementation();
    for (const size of [1, 7, 1000]) {
      const rows = readExamples(inChunks(data, size), { ...options, onBadRow: 'skip' });
      expect((await rows.toArray()).map(({ values }) => values)).toEqual(left);
      expect(rows.report).toEqual({ rows: left.length + 1, skipped: 1, reasons: [expect.stringMatching(message)] });
    }
    expect(warn).toHaveBeenCalledTimes(3);
    expect(warn).toHaveBeenLastCalledWith(expect.stringMatching(/1 of \d rows were left out; the first: /));
    warn.mockRestore();
  });
});

/** Nothing can be read of these, whatever the policy. */
const badFiles: [name: string, data: string | Uint8Array, options: ReadOptions, message: RegExp][] = [
  ...(['x.jsonl', 'x.json', 'x.csv', 'x.tsv', 'x.conll', 'x.txt'] as const).map(
    (name): [string, string, ReadOptions, RegExp] => [
      `an empty ${name}`,
      '',
      { name },
      /must hold at least one row and holds none/,
    ],
  ),
  ['a header alone', 'a,b\n', { name: 'x.csv' }, /x\.csv must hold at least one row/],
  ['blank lines', '\n \n', { name: 'x.txt' }, /x\.txt must hold at least one row/],
  ['an empty array', '[]', { name: 'x.json' }, /x\.json must hold at least one row/],
  [
    'a column twice',
    'a,b,a\n1,2,3',
    { name: 'x.csv' },
    /header of x\.csv must name each column once and has "a" twice/,
  ],
  ['an array that breaks off', '[{"a":1},\n{"a":', { name: 'x.json' }, /x\.json must be JSON and is not, at line 2/],
  ['an array with a word', '[{"a":1},\n{"a":oops}]', { name: 'x.json' }, /x\.json must be JSON and is not, at line 2/],
  ['an array that goes on', '[{"a":1}]\n]', { name: 'x.json' }, /x\.json must be JSON and is not, at line 2/],
  [
    'an array that is not UTF-8',
    bytesOf('[{"a":"', INVALID, '"}]'),
    { name: 'x.json' },
    /Line 1 of x\.json must be UTF-8/,
  ],
  ['rows that are all bad', 'a\nb\n', { name: 'x.jsonl' }, /Line 1 of x\.jsonl must be/],
];

describe('a bad file', () => {
  test.each(badFiles)('%s is an error', async (_name, data, options, message) => {
    for (const onBadRow of ['fail', 'skip'] as const) {
      const rows = readExamples(inChunks(data, 5), { ...options, onBadRow });
      await expect(() => rows.toArray()).toThrowDebertaError('input', message);
    }
  });
});
