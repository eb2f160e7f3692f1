import { DebertaV2Tokenizer } from '../../../src/tokenization/deberta_v2_tokenizer';
import { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import fc from '../../harness/fast_check';
import { ALL_MODELS, modelBytes } from '../tables';
import { anyText } from './any_text';

const kinds = [
  ['DebertaV2Tokenizer', {}],
  ['DebertaV2Tokenizer', { doLowerCase: true, splitByPunct: true }],
  ['DebertaV2TokenizerFast', {}],
  ['DebertaV2TokenizerFast', { doLowerCase: true, splitByPunct: true }],
  ['DebertaV2TokenizerFast', { algorithm: 'fast' }],
  ['DebertaV2TokenizerFast', { algorithm: 'fast', doLowerCase: true, splitByPunct: true }],
] as const;

const load = (kind: (typeof kinds)[number][0], name: (typeof ALL_MODELS)[number], options: object) =>
  (kind === 'DebertaV2Tokenizer' ? DebertaV2Tokenizer : DebertaV2TokenizerFast).fromModel(modelBytes(name), options);

const cases = kinds.flatMap(([kind, options]) =>
  ALL_MODELS.map((name) => ({ kind, options, name, title: `${kind}, ${JSON.stringify(options)}, ${name}` })),
);

describe.each(cases)('$title', ({ kind, options, name }) => {
  let tokenizer: DebertaV2Tokenizer | DebertaV2TokenizerFast;
  beforeAll(async () => {
    tokenizer = await load(kind, name, options);
  });

  test('takes any string', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const ids = tokenizer.encode(text);
        expect(ids.every((id) => Number.isInteger(id) && id >= 0 && id < tokenizer.length)).toBe(true);
        expect(tokenizer.call([text, text], { padding: true }).input_ids).toEqual([ids, ids]);
        expect(tokenizer.tokenize(text)).toHaveLength(ids.length - 2);
        expect(typeof tokenizer.decode(ids)).toBe('string');
      }),
      { numRuns: 120 },
    );
  });

  test('takes a lone surrogate for U+FFFD', () => {
    const surrogate = fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit));
    fc.assert(
      fc.property(anyText, surrogate, anyText, (before, lone, after) => {
        const text = before + lone + after;
        expect(tokenizer.encode(text)).toEqual(tokenizer.encode(wellFormed(text)));
      }),
      { numRuns: 80 },
    );
  });
});

const KILO = 1 << 10;

const monotonous: [name: string, unit: string][] = [
  ['one letter', 'x'],
  ['letters in turn', 'qzjxkvwyh'],
  ['a known word', 'whale'],
  ['Han characters', '中文'],
  ['unknown characters', '\u{1f9ff}'],
  ['combining marks', '\u0301'],
  ['joined emoji', '\u{1f468}\u200d'],
  ['flags', '\u{1f1e9}'],
  ['spaces', ' '],
  ['marks of words', '▁'],
  ['punctuation', '.'],
  ['special tokens', '[MASK]'],
  ['opening brackets', '['],
  ['NUL', '\0'],
  ['lone surrogates', '\ud800'],
];

const longKinds = [
  ['DebertaV2Tokenizer', {}],
  ['DebertaV2TokenizerFast', { splitByPunct: true, doLowerCase: true }],
  ['DebertaV2TokenizerFast', { algorithm: 'fast' }],
] as const;

describe.each(longKinds)('%s, %j, on a long text without a break', (kind, options) => {
  let tokenizer: DebertaV2Tokenizer | DebertaV2TokenizerFast;
  beforeAll(async () => {
    tokenizer = await load(kind, 'byte_fallback', options);
  });

  test.each(monotonous)('takes as long by the character as on a short one: %s', (_name, unit) => {
    const [short, long] = [4 * KILO, 128 * KILO].map((length) => unit.repeat(length / unit.length)) as [string, string];
    tokenizer.encode(short);
    const forShort = Math.min(...Array.from({ length: 5 }, () => timeOf(tokenizer, short)));
    // 32 times the length: an algorithm of quadratic time takes 32 times as long for each character.
    const limit = 12 * forShort;
    // A second run makes up for a first one that something else held up.
    const forLong = timeOf(tokenizer, long);
    expect(forLong < limit ? forLong : timeOf(tokenizer, long)).toBeLessThan(limit);
  });

  test('takes half a megabyte', async () => {
    const plain = await load(kind, 'plain', options);
    const text = 'whale'.repeat((512 * KILO) / 5);
    const ids = plain.encode(text);
    expect(ids.length).toBeGreaterThan(text.length / 10);
    expect(plain.decode(ids, { skipSpecialTokens: true })).toBe(text);
  });
});

/** How long a tokenizer takes to encode a text, in milliseconds by the UTF-16 code unit. */
function timeOf(tokenizer: DebertaV2Tokenizer | DebertaV2TokenizerFast, text: string): number {
  const start = performance.now();
  tokenizer.encode(text);
  return (performance.now() - start) / text.length;
}

function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
