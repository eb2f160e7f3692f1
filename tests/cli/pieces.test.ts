import { Readable } from 'node:stream';
import { ExampleReader } from '../../src/cli/example_reader';
import { parseByteSize } from '../../src/cli/parse_byte_size';
import { parseTask } from '../../src/cli/parse_task';
import { rounded } from '../../src/cli/predictors/scores';
import { readLines } from '../../src/cli/read_lines';
import { table } from '../../src/cli/table';
import { sigmoid } from '../../src/data/scores';
import { formatBytes } from '../../src/files/format_bytes';

test.each([
  ['1000', 1000],
  ['64MB', 64_000_000],
  ['64 mib', 67_108_864],
  ['1.5kB', 1500],
  ['2GiB', 2_147_483_648],
  ['7B', 7],
])('parseByteSize(%j) is %i', (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [24_204, '24.2 kB'],
  [283_200_000, '283.2 MB'],
  [1_700_000_000, '1.7 GB'],
])('formatBytes(%i) is %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

describe('parseTask', () => {
  test.each([
    ['feature-extraction', 'TFDebertaV2Model'],
    ['fill-mask', 'TFDebertaV2ForMaskedLM'],
    ['text-classification', 'TFDebertaV2ForSequenceClassification'],
    ['token-classification', 'TFDebertaV2ForTokenClassification'],
    ['question-answering', 'TFDebertaV2ForQuestionAnswering'],
    ['multiple-choice', 'TFDebertaV2ForMultipleChoice'],
  ])('%s is %s, and the class means itself', (task, architecture) => {
    expect(parseTask(task)).toBe(architecture);
    expect(parseTask(architecture)).toBe(architecture);
  });

  test.each(['', 'bert', 'constructor', 'DebertaV2Model'])('"%s" is none', (task) => {
    expect(() => parseTask(task)).toThrow(/A task is one of feature-extraction, .*, or the name of a model class/);
  });
});

test('table aligns its columns and ends no line with spaces', () => {
  expect(
    table(
      [
        ['a', 'long cell', ''],
        ['bbb', 'c', 'd'],
      ],
      ['x'],
    ),
  ).toBe('x\na    long cell\nbbb  c          d\n');
});

describe('readLines', () => {
  const utf8 = new TextEncoder();
  // One row per case: what it is about, chunks, groups of lines.
  const cases: Array<[string, (string | Uint8Array)[], string[][]]> = [
    ['nothing gives nothing', [], []],
    ['an empty chunk gives nothing', [''], []],
    ['a last line needs no end', ['a\nb'], [['a'], ['b']]],
    ['an end gives no further line', ['a\nb\n'], [['a', 'b']]],
    ['blank lines count', ['a\n\n\nb\n'], [['a', '', '', 'b']]],
    ['Windows line ends', ['a\r\nb\r', '\nc\r\n'], [['a'], ['b', 'c']]],
    ['a line over several chunks', ['ab', 'cd', 'ef\ng\n'], [['abcdef', 'g']]],
    ['a group for what each chunk completes', ['a\n', 'b\nc', '\n'], [['a'], ['b'], ['c']]],
    ['a byte order mark is dropped', [utf8.encode('\ufeffa\n')], [['a']]],
    ['a character cut in two', [utf8.encode('ü\n').slice(0, 1), utf8.encode('ü\n').slice(1)], [['ü']]],
  ];

  test.each(cases)('%s', async (_name, chunks, expected) => {
    const groups: string[][] = [];
    for await (const lines of readLines(Readable.from(chunks, { objectMode: true }))) groups.push(lines);
    expect(groups).toEqual(expected);
  });
});

describe('ExampleReader', () => {
  // One row per case: what it is about, lines, examples.
  const cases: Array<[string, string[], { text: string; textPair?: string }[]]> = [
    ['lines are texts', ['a', '', 'b '], [{ text: 'a' }, { text: '' }, { text: 'b ' }]],
    ['objects with a text are JSON lines', ['{"text":"a"}', '{"text":"b"}'], [{ text: 'a' }, { text: 'b' }]],
    ['pairs', ['{"text":"a","text_pair":"b"}'], [{ text: 'a', textPair: 'b' }]],
    ['other keys are ignored', ['{"id":7,"text":"a","text_pair":null}'], [{ text: 'a' }]],
    ['blank lines between JSON lines are skipped', ['', '{"text":"a"}', ' '], [{ text: '' }, { text: 'a' }]],
    [
      'a first line that only looks like JSON is a text',
      ['{a}', '{"text":"b"}'],
      [{ text: '{a}' }, { text: '{"text":"b"}' }],
    ],
    ['an object without a text is a text', ['{"a":1}'], [{ text: '{"a":1}' }]],
  ];

  test.each(cases)('%s', (_name, lines, expected) => {
    expect(new ExampleReader('x').read(lines)).toEqual(expected);
  });

  test.each([['plain'], ['{"text":1}'], ['{"text":"a","text_pair":1}'], ['[1]'], ['null'], ['{"text":']])(
    'after a JSON line, %j is refused with its number',
    (line) => {
      const reader = new ExampleReader('texts.jsonl');
      expect(reader.read(['{"text":"a"}'])).toHaveLength(1);
      expect(() => reader.read([line])).toThrowDebertaError('input', /^Line 2 of texts\.jsonl must be a JSON object/);
    },
  );
});

describe('scores', () => {
  test('sigmoid and rounded', () => {
    expect([sigmoid(0), sigmoid(1000), sigmoid(-1000)]).toEqual([0.5, 1, 0]);
    expect([rounded(0.123456789), rounded(1.23456789e-9)]).toEqual([0.123457, 1.23457e-9]);
  });
});
