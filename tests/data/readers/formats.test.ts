import type { ReadOptions } from '../../../src/data/readers/read_examples';
import fc from '../../harness/fast_check';
import { inChunks, valuesOf } from './support';

const SQUAD = {
  version: 'v2.0',
  data: [
    {
      title: 'Whales',
      paragraphs: [
        {
          context: 'The whale is white.',
          qas: [
            { id: 'a', question: 'Which colour?', answers: [{ text: 'white', answer_start: 13 }] },
            { id: 'b', question: 'How old?', answers: [], plausible_answers: [], is_impossible: true },
          ],
        },
      ],
    },
    { title: 'Ships', paragraphs: [{ context: 'A ship.', qas: [{ id: 'c', question: 'What?', answers: [] }] }] },
  ],
};
const SQUAD_ROWS = [
  {
    id: 'a',
    question: 'Which colour?',
    context: 'The whale is white.',
    answers: [{ text: 'white', answer_start: 13 }],
  },
  { id: 'b', question: 'How old?', context: 'The whale is white.', answers: [], plausible_answers: [] },
  { id: 'c', question: 'What?', context: 'A ship.', answers: [] },
];

const QUOTED = 'text,label\n"a, ""b""\nand c",1\n\nd,0\n';
const QUOTED_ROWS = [
  { text: 'a, "b"\nand c', label: '1' },
  { text: 'd', label: '0' },
];
const SENTENCES = '-DOCSTART- -X- O\n\nEU NNP B-ORG\nrejects VBZ O\n\n\nPeter NNP B-PER\n';
const SENTENCE_ROWS = [
  { tokens: ['EU', 'rejects'], tags: ['B-ORG', 'O'] },
  { tokens: ['Peter'], tags: ['B-PER'] },
];

const formats: [name: string, text: string, options: ReadOptions, rows: unknown[]][] = [
  ['JSON lines', '{"a":1}\n\n {"a":[2]}', { name: 'x.jsonl' }, [{ a: 1 }, { a: [2] }]],
  ['JSON lines of Windows', '{"a":1}\r\n{"a":2}\r\n', { name: 'x.ndjson' }, [{ a: 1 }, { a: 2 }]],
  ['JSON lines named .json', '{"a":1}\n{"a":2}\n', { name: 'x.json' }, [{ a: 1 }, { a: 2 }]],
  ['a JSON array', '[{"a":{"b":[1]}},{"a":"é🐋"}]', { name: 'x.json' }, [{ a: { b: [1] } }, { a: 'é🐋' }]],
  ['a JSON array, indented', JSON.stringify([{ a: 1 }, { a: 2 }], null, 2), { name: 'x.json' }, [{ a: 1 }, { a: 2 }]],
  ['SQuAD', JSON.stringify(SQUAD), { name: 'x.json' }, SQUAD_ROWS],
  ['SQuAD, indented', `${JSON.stringify(SQUAD, null, 1)}\n`, { format: 'squad' }, SQUAD_ROWS],
  ['CSV', QUOTED, { name: 'x.csv' }, QUOTED_ROWS],
  ['CSV of Excel', `\ufeff${QUOTED.replace(/\n(?!and)/g, '\r\n')}`, { name: 'X.CSV' }, QUOTED_ROWS],
  ['CSV without line end', QUOTED.trimEnd(), { name: 'x.csv' }, QUOTED_ROWS],
  [
    'CSV without header',
    'a,1\nb,2',
    { format: 'csv', header: ['t', 'n'] },
    [
      { t: 'a', n: '1' },
      { t: 'b', n: '2' },
    ],
  ],
  ['TSV', 'a\tb\n1,0\t"2\t3"\n', { name: 'x.tsv' }, [{ a: '1,0', b: '2\t3' }]],
  ['TSV without quotes', 'a\tb\n"1\t2"\n', { name: 'x.tsv', hasQuotes: false }, [{ a: '"1', b: '2"' }]],
  [
    'a column __proto__',
    '__proto__,b\n1,2',
    { name: 'x.csv' },
    [
      Object.fromEntries([
        ['__proto__', '1'],
        ['b', '2'],
      ]),
    ],
  ],
  ['CoNLL', SENTENCES, { name: 'x.conll' }, SENTENCE_ROWS],
  [
    'CoNLL with tabs',
    'New York\tX\tB-LOC\r\n\r\na\tX\tO',
    { name: 'x.bio' },
    [
      { tokens: ['New York'], tags: ['B-LOC'] },
      { tokens: ['a'], tags: ['O'] },
    ],
  ],
  [
    'CoNLL with columns',
    'O 1 EU\nO 2 a\n',
    { name: 'x.iob', tokenColumn: -1, tagColumn: 0 },
    [{ tokens: ['EU', 'a'], tags: ['O', 'O'] }],
  ],
  [
    'a text by lines',
    'one\n\n two \nthree',
    { name: 'x.txt' },
    [{ text: 'one' }, { text: ' two ' }, { text: 'three' }],
  ],
  [
    'a text by paragraphs',
    'one\ntwo\n\n\nthree\n',
    { format: 'text', hasParagraphs: true },
    [{ text: 'one\ntwo' }, { text: 'three' }],
  ],
];

describe('formats', () => {
  test.each(formats)('reads %s', async (_name, text, options, rows) => {
    expect(await valuesOf({ text }, options)).toEqual(rows);
  });

  test.each(formats)('reads %s, in whatever chunks it comes', async (_name, text, options, rows) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), async (size) => {
        expect(await valuesOf(inChunks(text, size), options)).toEqual(rows);
      }),
      { numRuns: 15 },
    );
  });

  test('any table goes through CSV', async () => {
    const field = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 6 }),
      fc.constantFrom('"', ',', '\n', '"\n,"', ' "'),
    );
    const table = fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 9 }), async (rows, size) => {
        const lines = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(','));
        const values = await valuesOf(inChunks(['a,b', ...lines].join('\r\n'), size), { format: 'csv' });
        expect(values).toEqual(rows.map(([a, b]) => ({ a, b })));
      }),
    );
  });
});
