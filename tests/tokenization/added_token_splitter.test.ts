import { type AddedToken, addedToken } from '../../src/tokenization/added_token';
import { AddedTokenSplitter } from '../../src/tokenization/added_token_splitter';
import { plainText } from '../../src/tokenization/aligned_text';

const special = (content: string, properties: Partial<AddedToken> = {}) =>
  addedToken(content, { special: true, ...properties });
const MASK = special('[MASK]');
const WORD = addedToken('solo', { singleWord: true });

// Parts that are added tokens stand in a list of their own.
const cases: [name: string, tokens: AddedToken[], text: string, parts: (string | [string])[]][] = [
  ['no tokens', [], 'a [MASK]', ['a [MASK]']],
  ['an empty text', [MASK], '', []],
  ['no match', [MASK], 'a [mask]', ['a [mask]']],
  ['a token in a text', [MASK], 'x[MASK]y', ['x', ['[MASK]'], 'y']],
  ['spaces kept around it', [MASK], 'a [MASK] b', ['a ', ['[MASK]'], ' b']],
  ['tokens side by side', [MASK, special('[SEP]')], '[MASK][SEP][MASK]', [['[MASK]'], ['[SEP]'], ['[MASK]']]],
  ['the longest of several', [special('<a>'), special('<a>b')], '<a>bc<a>', [['<a>b'], 'c', ['<a>']]],
  ['the leftmost of several', [special('ab'), special('bcd')], 'abcd', [['ab'], 'cd']],
  ['a token that fails before one that fits', [special('blowing'), special('lower')], 'blower', ['b', ['lower']]],
  ['characters that mean something in patterns', [special('a.c|(x)*')], 'abc a.c|(x)*', ['abc ', ['a.c|(x)*']]],
  ['characters beyond the basic plane', [special('😀')], 'a😀b', ['a', ['😀'], 'b']],
  ['an empty token', [special('')], 'ab', ['ab']],
  ['lstrip', [special('[MASK]', { lstrip: true })], 'a \t[MASK] b', ['a', ['[MASK]'], ' b']],
  ['rstrip', [special('[MASK]', { rstrip: true })], 'a [MASK] \n b', ['a ', ['[MASK]'], 'b']],
  ['strip of nothing but spaces', [special('[MASK]', { lstrip: true, rstrip: true })], '  [MASK]  ', [['[MASK]']]],
  [
    'strip of what Python calls white space',
    [special('[MASK]', { rstrip: true })],
    '[MASK]\u001c\u0085\ufeffx',
    [['[MASK]'], '\ufeffx'],
  ],
  ['a single word', [WORD], 'a solo b', ['a ', ['solo'], ' b']],
  ['a single word that is the text', [WORD], 'solo', [['solo']]],
  ['no single word on the left', [WORD], 'xsolo b', ['xsolo', ' b']],
  ['no single word on the right', [WORD], 'a solox', ['a ', 'solox']],
];

test.each(cases)('AddedTokenSplitter with %s', (_name, tokens, text, parts) => {
  const segments = new AddedTokenSplitter(tokens).split(plainText(text));
  expect(segments.map(({ text: part, added }) => (added ? [part] : part))).toEqual(parts);
});

const STRIPS = special('[M]', { lstrip: true, rstrip: true });
const SOLO = addedToken('solo', { singleWord: true, lstrip: true });

// Where each part stands in the text; an added token takes in what it strips.
const positions: [
  name: string,
  token: AddedToken,
  text: string,
  parts: [text: string, start: number, end: number][],
][] = [
  [
    'a token in a text',
    MASK,
    'a [MASK].',
    [
      ['a ', 0, 2],
      ['[MASK]', 2, 8],
      ['.', 8, 9],
    ],
  ],
  [
    'white space on both sides',
    STRIPS,
    'a  [M] \nb',
    [
      ['a', 0, 1],
      ['[M]', 1, 8],
      ['b', 8, 9],
    ],
  ],
  ['nothing but white space around it', STRIPS, ' [M]\t', [['[M]', 0, 5]]],
  [
    'the white space between two goes to the first',
    STRIPS,
    '[M] [M]',
    [
      ['[M]', 0, 4],
      ['[M]', 4, 7],
    ],
  ],
  ['a token given back to its left neighbour', WORD, 'xsolo', [['xsolo', 0, 5]]],
  ['a token given back after its left neighbour lost a tab', SOLO, 'x\tsolo', [['xsolo', 0, 6]]],
  [
    'surrogate pairs',
    MASK,
    '😀[MASK]',
    [
      ['😀', 0, 2],
      ['[MASK]', 2, 8],
    ],
  ],
];

test.each(positions)('AddedTokenSplitter places %s', (_name, token, text, parts) => {
  const segments = new AddedTokenSplitter([token]).split(plainText(text));
  expect(segments.map(({ text: part, start, end }) => [part, start, end])).toEqual(parts);
});

test('characters that were left out are known by their absence', () => {
  const [segment] = new AddedTokenSplitter([SOLO]).split(plainText('x\tsolo'));
  expect(segment!.alignment).toEqual({ starts: [0, 2, 3, 4, 5], ends: [1, 3, 4, 5, 6] });
});

test.each<[text: string, may: boolean]>([
  ['no bracket', false],
  ['a [ bracket', true],
])('%j may hold [MASK]: %p', (text, may) => {
  expect(new AddedTokenSplitter([MASK]).mayMatch(text)).toBe(may);
});
