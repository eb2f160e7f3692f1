import { type AddedToken, addedToken } from '../../src/tokenization/added_token';
import { AddedTokenSplitter } from '../../src/tokenization/added_token_splitter';

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
  expect(new AddedTokenSplitter(tokens).split(text)).toEqual(
    parts.map((part) => ({ text: typeof part === 'string' ? part : part[0], added: typeof part !== 'string' })),
  );
});
