import { type ChoiceColumns, toChoiceExample } from '../../../src/data/examples/choice_example';
import { collectLabelNames } from '../../../src/data/examples/collect_label_names';
import { labelIndex } from '../../../src/data/examples/labels';
import { type PlainTextColumns, toPlainText } from '../../../src/data/examples/plain_text';
import { type QuestionColumns, toQuestionExample } from '../../../src/data/examples/question_example';
import { type TextColumns, toTextExample } from '../../../src/data/examples/text_example';
import { type TokensColumns, toTokensExample } from '../../../src/data/examples/tokens_example';

type Values = Record<string, unknown>;
const PLACE = 'Line 7 of x.jsonl';
const at = (values: Values) => ({ values, place: PLACE });

describe('toTextExample', () => {
  const labelNames = ['ham', 'spam'];
  test.each<[name: string, values: Values, columns: TextColumns, expected: object]>([
    ['a text', { text: 'a' }, {}, { text: 'a' }],
    ['a label by name', { text: 'a', label: 'spam' }, { labelNames }, { text: 'a', label: 1 }],
    ['a label by index', { text: 'a', label: '0' }, { labelNames }, { text: 'a', label: 0 }],
    ['a label as it is', { text: 'a', label: 'x ' }, {}, { text: 'a', label: 'x' }],
    ['a pair', { sentence1: 'a', sentence2: 'b', idx: 3 }, {}, { text: 'a', textPair: 'b' }],
    [
      'columns by name',
      { t: 'a', p: 'b', y: 2 },
      { text: 't', textPair: 'p', label: 'y' },
      { text: 'a', textPair: 'b', label: 2 },
    ],
    ['a number to learn', { text: 'a', label: '-0.5' }, { isNumber: true }, { text: 'a', label: -0.5 }],
    ['several labels', { text: 'a', labels: [0, 1, 1] }, {}, { text: 'a', label: [0, 1, 1] }],
  ])('%s', (_name, values, columns, expected) => {
    expect(toTextExample(at(values), columns)).toEqual(expected);
  });

  test.each<[name: string, values: Values, columns: TextColumns, message: RegExp]>([
    [
      'no text',
      { body: 'a', label: 1 },
      {},
      /^Line 7 of x\.jsonl must have a column text \(or sentence, .*\) and has body, label/,
    ],
    ['no such column', { text: 'a' }, { label: 'stars' }, /must have a column stars and has text; name the column/],
    ['no column', {}, {}, /has none/],
    ['a number as text', { text: 1 }, {}, /^Column text of line 7 of x\.jsonl must hold a string and holds 1/],
    [
      'an unknown label',
      { text: 'a', label: 'eggs' },
      { labelNames },
      /must hold a label \(ham, spam\) or an index from 0 to 1 and holds "eggs"/,
    ],
    ['an index out of range', { text: 'a', label: 2 }, { labelNames }, /index from 0 to 1 and holds 2/],
    ['no label', { text: 'a', label: '' }, {}, /must hold a label, .* and holds ""/],
    ['null for a label', { text: 'a', label: null }, {}, /holds null/],
    ['a word for a number', { text: 'a', label: 'x' }, { isNumber: true }, /must hold a number and holds "x"/],
  ])('refuses %s', (_name, values, columns, message) => {
    expect(() => toTextExample(at(values), columns)).toThrowDebertaError('input', message);
  });
});

describe('toTokensExample', () => {
  test.each<[name: string, values: Values, columns: TokensColumns, expected: object]>([
    ['names', { tokens: ['a', 'b'], tags: ['O', 'X'] }, {}, { tokens: ['a', 'b'], tags: ['O', 'X'] }],
    [
      'indices',
      { tokens: ['a', 'b'], ner_tags: [0, 'X'] },
      { labelNames: ['O', 'X'] },
      { tokens: ['a', 'b'], tags: [0, 1] },
    ],
    ['columns by name', { w: ['a'], t: [3] }, { tokens: 'w', tags: 't' }, { tokens: ['a'], tags: [3] }],
  ])('%s', (_name, values, columns, expected) => {
    expect(toTokensExample(at(values), columns)).toEqual(expected);
  });

  test.each<[name: string, values: Values, columns: TokensColumns, message: RegExp]>([
    [
      'unequal lengths',
      { tokens: ['a', 'b'], tags: ['O'] },
      {},
      /^Line 7 of x\.jsonl must have one tag for each token and has 2 tokens and 1 tags/,
    ],
    ['no tags', { tokens: ['a'] }, {}, /must have a column tags \(or/],
    ['tags that are no list', { tokens: ['a'], tags: 'O' }, {}, /must hold a list of tags and holds "O"/],
    ['tokens that are no strings', { tokens: [1], tags: ['O'] }, {}, /Column tokens of line 7.* a list of strings/],
    [
      'an unknown tag',
      { tokens: ['a'], tags: ['Y'] },
      { labelNames: ['O', 'X'] },
      /Column tags .* \(O, X\).* holds "Y"/,
    ],
    ['no token', { tokens: [], tags: [] }, {}, /at least one tag/],
  ])('refuses %s', (_name, values, columns, message) => {
    expect(() => toTokensExample(at(values), columns)).toThrowDebertaError('input', message);
  });
});

describe('toQuestionExample', () => {
  const given = { id: 'q', question: 'Who?', context: '🐋 said Ahab' };
  const answers = { text: ['Ahab'], answer_start: [8] };
  test.each<[name: string, values: Values, columns: QuestionColumns, expected: object]>([
    ['places in code units', { ...given, answers }, {}, { ...given, answers }],
    ['places in characters', { ...given, answers: { text: ['Ahab'], answer_start: [7] } }, {}, { ...given, answers }],
    ['a list of answers', { ...given, answers: [{ text: 'Ahab', answer_start: 7 }] }, {}, { ...given, answers }],
    [
      'no answer',
      { ...given, answers: { text: [], answer_start: [] } },
      {},
      { ...given, answers: { text: [], answer_start: [] } },
    ],
    [
      'no id',
      { q: 'Who?', context: 'Ahab', a: [] },
      { question: 'q', answers: 'a' },
      { id: PLACE, question: 'Who?', context: 'Ahab', answers: { text: [], answer_start: [] } },
    ],
  ])('%s', (_name, values, columns, expected) => {
    expect(toQuestionExample(at(values), columns)).toEqual(expected);
  });

  const context = 'The whale is white.';
  test.each<[name: string, values: Values, message: RegExp]>([
    [
      'an answer that is not there',
      { ...given, context, answers: { text: ['white'], answer_start: [12] } },
      /^Line 7 .* must have an answer that stands in its context: at 12 there is " whit" and not "white"/,
    ],
    ['lengths that differ', { ...given, answers: { text: ['a'], answer_start: [] } }, /of equal lengths/],
    ['answers that are a text', { ...given, answers: 'Ahab' }, /of equal lengths and holds "Ahab"/],
    ['a place below 0', { ...given, answers: [{ text: 'A', answer_start: -1 }] }, /a place of at least 0/],
    ['an answer that is null', { ...given, answers: [null] }, /answers with a text/],
    ['no context', { question: 'Who?', answers: [] }, /must have a column context and has question, answers/],
  ])('refuses %s', (_name, values, message) => {
    expect(() => toQuestionExample(at(values))).toThrowDebertaError('input', message);
  });
});

describe('toPlainText', () => {
  test('takes the text', () => {
    expect(toPlainText(at({ text: 'a' }))).toEqual({ text: 'a' });
    expect(toPlainText(at({ body: 'a' }), { text: 'body' })).toEqual({ text: 'a' });
  });

  test.each<[values: Values, columns: PlainTextColumns, message: RegExp]>([
    [{ body: 'a' }, {}, /must have a column text \(or document, content\) and has body/],
    [{ text: ['a'] }, {}, /must hold a string/],
  ])('refuses %j', (values, columns, message) => {
    expect(() => toPlainText(at(values), columns)).toThrowDebertaError('input', message);
  });
});

describe('toChoiceExample', () => {
  const swag = { sent1: 'He sits.', sent2: 'He', ending0: 'stands.', ending1: 'flies.', label: '0' };
  test.each<[name: string, values: Values, columns: ChoiceColumns, expected: object]>([
    [
      'a list',
      { context: 'c', question: 'q', choices: ['a', 'b'], label: 1 },
      {},
      { context: 'c', question: 'q', choices: ['a', 'b'], label: 1 },
    ],
    ['SWAG', swag, {}, { context: 'He sits.', question: 'He', choices: ['stands.', 'flies.'], label: 0 }],
    [
      'a question alone',
      { question: 'q', choices: ['a', 'b'] },
      {},
      { context: '', question: 'q', choices: ['a', 'b'] },
    ],
    ['a context alone', { sent1: 'c', choices: ['a', 'b'] }, {}, { context: 'c', question: '', choices: ['a', 'b'] }],
    [
      'columns by name',
      { q: 'q', A: 'a', B: 'b', y: 1 },
      { question: 'q', choices: ['A', 'B'], label: 'y' },
      { context: '', question: 'q', choices: ['a', 'b'], label: 1 },
    ],
    [
      'a list by name',
      { q: 'q', o: ['a', 'b'] },
      { question: 'q', choices: 'o' },
      { context: '', question: 'q', choices: ['a', 'b'] },
    ],
  ])('%s', (_name, values, columns, expected) => {
    expect(toChoiceExample(at(values), columns)).toEqual(expected);
  });

  test.each<[name: string, values: Values, columns: ChoiceColumns, message: RegExp]>([
    [
      'neither question nor context',
      { choices: ['a', 'b'] },
      {},
      /must have a column context \(or sent1\) and has choices/,
    ],
    ['no choices', { question: 'q' }, {}, /must have a column choices \(or endings, ending0\)/],
    ['one choice', { question: 'q', choices: ['a'] }, {}, /at least two choices/],
    [
      'a choice missing',
      { question: 'q', A: 'a' },
      { choices: ['A', 'B'] },
      /must have a column B and has question, A/,
    ],
    ['an index out of range', { ...swag, label: 2 }, {}, /index of a choice, from 0 to 1, and holds 2/],
    ['a letter', { ...swag, label: 'B' }, {}, /holds "B"/],
    ['no index', { ...swag, label: '' }, {}, /holds ""/],
  ])('refuses %s', (_name, values, columns, message) => {
    expect(() => toChoiceExample(at(values), columns)).toThrowDebertaError('input', message);
  });
});

describe('labels', () => {
  test.each<[labels: (string | number | string[])[], names: string[]]>([
    [
      ['spam', 'ham', 'spam'],
      ['ham', 'spam'],
    ],
    [
      [10, 9, 1],
      ['1', '9', '10'],
    ],
    [
      ['b', 'B', 'é', '1'],
      ['1', 'B', 'b', 'é'],
    ],
    [
      [['O', 'B-PER'], ['O']],
      ['B-PER', 'O'],
    ],
  ])('of %j are %j', async (labels, names) => {
    expect(await collectLabelNames(labels)).toEqual(names);
    expect(await collectLabelNames([...labels].reverse())).toEqual(names);
  });

  test('there must be some', async () => {
    await expect(() => collectLabelNames([])).toThrowDebertaError('input', /must be labels to take names from/);
  });

  test.each<[label: string | number, names: string[], index: number]>([
    ['b', ['a', 'b'], 1],
    [' b ', ['a', 'b'], 1],
    [1, ['a', 'b'], 1],
    [1, ['1', '2'], 0],
    ['2', ['1', '2'], 1],
    [2.5, ['1', '2.5'], 1],
  ])('%j among %j is %d', (label, names, index) => {
    expect(labelIndex(label, names, at({}), 'label')).toBe(index);
  });

  test.each<[label: string | number, names: string[]]>([
    [0, ['1', '2']],
    [-1, ['a', 'b']],
    [1, ['a']],
    ['', ['a']],
  ])('%j is not among %j', (label, names) => {
    expect(() => labelIndex(label, names, at({}), 'label')).toThrowDebertaError('input', /must hold a label/);
  });
});
