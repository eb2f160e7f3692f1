import { plainText } from '../../src/tokenization/aligned_text';
import { LowerCaser } from '../../src/tokenization/lower_caser';
import { splitOnPunctuation } from '../../src/tokenization/split_on_punctuation';
import { stripEnd, stripStart } from '../../src/tokenization/white_space';

const punctuation: [text: string, parts: string[]][] = [
  ['', []],
  ['no punctuation', ['no punctuation']],
  ["don't go", ['don', "'", 't go']],
  ['a (b) c', ['a ', '(', 'b', ')', ' c']],
  ['...', ['.', '.', '.']],
  ['$+<=>^`|~', ['$', '+', '<', '=', '>', '^', '`', '|', '~']],
  ['«a» — b…「c」', ['«', 'a', '»', ' ', '—', ' b', '…', '「', 'c', '」']],
  ['€5 ±1 ∑ 😀', ['€5 ±1 ∑ 😀']],
  ['𐄀x𐄁', ['𐄀', 'x', '𐄁']],
];
test.each(punctuation)('splitOnPunctuation cuts %j', (text, parts) => {
  expect(splitOnPunctuation(text)).toEqual(parts);
});

const lowerCase: [text: string, kept: string[], lower: string][] = [
  ['HELLO World', [], 'hello world'],
  ['A [MASK] B [Mask]', ['[MASK]'], 'a [MASK] b [mask]'],
  ['[SEP][SEP]X', ['[SEP]'], '[SEP][SEP]x'],
  ['ΣΊΣΥΦΟΣ ΟΔΟΣ.', [], 'σίσυφοσ οδοσ.'],
  ['İI ẞ Ｆ 𐐀', [], 'i̇i ß ｆ 𐐨'],
  ['A\nB\u2028C', [], 'a\nb\u2028c'],
  ['AB ABC', ['AB', 'ABC'], 'AB ABc'],
];
test.each(lowerCase)('LowerCaser turns %j, keeping %j, into %j', (text, kept, lower) => {
  expect(new LowerCaser(kept).lower(plainText(text)).text).toBe(lower);
});

const whiteSpace: [text: string, start: string, end: string][] = [
  ['', '', ''],
  [' \t a \n', 'a \n', ' \t a'],
  ['\u001c\u0085\u3000a\u2028', 'a\u2028', '\u001c\u0085\u3000a'],
  ['\ufeffa\u200b', '\ufeffa\u200b', '\ufeffa\u200b'],
];
test.each(whiteSpace)('stripStart and stripEnd take from %j what Python takes', (text, start, end) => {
  expect(stripStart(text)).toBe(start);
  expect(stripEnd(text)).toBe(end);
});
