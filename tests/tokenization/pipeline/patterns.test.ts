import { onigurumaPattern } from '../../../src/tokenization/pipeline/patterns/oniguruma_pattern';
import { compareWithRust } from './compare_with_rust';
import { HARD_TEXTS } from './hard_texts';
import { smallTokenizerJson } from './tokenizer_json';

const PATTERNS: [pattern: string][] = [
  [' {2,}'],
  [String.raw`\s{2,}|[\n\r\t]`],
  [String.raw`\S+`],
  [String.raw`\w+?`],
  [String.raw`\W`],
  [String.raw`\d\D`],
  [String.raw`\h\H`],
  [String.raw`[\w.]+`],
  [String.raw`[^\s\d]{2,3}`],
  [String.raw`[a\-z.]`],
  ['[-a]|[a-]'],
  ['[^a-z]'],
  ['.'],
  ['.$'],
  ['$'],
  [String.raw`(?<=[\n])^.`],
  [String.raw`\A.|.\z`],
  [String.raw`\Z.`],
  [String.raw`\bt|\Be`],
  [String.raw`\p{Han}|\p{^L}`],
  [String.raw`\P{Latin}`],
  [String.raw`\p{P}\P{P}`],
  [String.raw`\x41|\x{1f600}|\u00e9`],
  [String.raw`\n\r|\t|\f|\v|\e|\a`],
  ['(?:ab|th)e?'],
  ['(a|b)(?<name>c|d)'],
  ['(?=t)|(?!.)|(?<=e)|(?<![^.])'],
  [String.raw` +(?!\S)`],
  ['a{,2}b'],
  ['{a}|]|}'],
  ['a|'],
  [String.raw`\(\)\[\]\.\*\+\?\|\^\$\\\/\-\#\&\~`],
  ['é|ª|😀'],
  ['[😀é]'],
];

test.each(PATTERNS)('%s finds what Oniguruma finds', async (pattern) => {
  const json = smallTokenizerJson({
    pre_tokenizer: { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
  });
  expect(await compareWithRust(json, HARD_TEXTS)).toEqual([]);
});

test.each(['a.b', 'a|b', '^', '\\s', '[', 'é', '😀', '. ', '{2}'])(
  '{"String": "%s"} is taken literally',
  async (text) => {
    const json = smallTokenizerJson({
      pre_tokenizer: { type: 'Split', pattern: { String: text }, behavior: 'Isolated', invert: false },
    });
    expect(await compareWithRust(json, [...HARD_TEXTS, `ab${text}${text} cd${text}`, 'aab'])).toEqual([]);
  },
);

const REFUSED: [pattern: string, problem: RegExp][] = [
  ['(?i:a)', /has "\(\?i", which JavaScript has no equal of/],
  ['(?i)a', /has "\(\?i", which JavaScript has no equal of/],
  ['(?>a)', /has "\(\?>", which JavaScript has no equal of/],
  ['(?~a)', /has "\(\?~", which/],
  ['a++', /has \+\+, which/],
  ['a?+', /has \?\+, which/],
  ['a{2}+', /has \{2\}\+, which/],
  ['a{2}?', /has \{2\}\?, which/],
  ['a**', /has \*\*, which/],
  [String.raw`\G`, /has \\G, which/],
  [String.raw`(a)\1`, /has \\1, which/],
  [String.raw`\k<name>`, /has \\k, which/],
  [String.raw`\R`, /has \\R, which/],
  [String.raw`\p{Punct}`, /has \\p\{Punct\}, which/],
  [String.raw`\p{Klingon}`, /has \\p\{Klingon\}, which/],
  ['[[:alpha:]]', /in a class, which/],
  ['[a&&b]', /has "&&" in a class, which/],
  [String.raw`[\W]`, /has \\W, which/],
  ['[]', /has an empty class/],
  ['[a', /has a class that is not closed/],
  ['(a', /has a group that is not closed/],
  ['a)', /closes a group that is not open/],
  ['*a', /has \* behind nothing that can be repeated/],
  ['^*', /has \* behind nothing/],
  ['a\\', /has \\, which/],
  ['[z-a]', /is not one that JavaScript can express/],
  ['(?<=a)*', /is not one that JavaScript can express/],
  ['(a+)+', /repeats what varies itself, which can take exponential time/],
  ['(a|a)*b', /exponential time/],
  ['((a?){2}){9}', /exponential time/],
  ['a{1001}', /more than 1000 times/],
  ['a{2,100000}', /more than 1000 times/],
  [`${'a'.repeat(10_001)}`, /is longer than 10000 characters/],
];

test.each(REFUSED)('%.20s is refused', (pattern, problem) => {
  expect(() => onigurumaPattern(pattern, 'x/tokenizer.json', 'normalizer.pattern.Regex')).toThrowDebertaError(
    'tokenizer',
    problem,
  );
});

test('what is refused is named with its place', () => {
  expect(() => onigurumaPattern('(?>a)', 'x/tokenizer.json', 'normalizer.pattern.Regex')).toThrowDebertaError(
    'tokenizer',
    /^x\/tokenizer\.json cannot be used, since the pattern "\(\?>a\)" at normalizer\.pattern\.Regex has .*; replace it by a simpler one\.$/,
  );
});
