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
  test('takes any string', async () => {
    const tokenizer = await load(kind, name, options);
    fc.assert(
      fc.property(anyText, (text) => {
        const ids = tokenizer.encode(text);
        expect(ids.every((id) => Number.isInteger(id) && id >= 0 && id < tokenizer.length)).toBe(true);
        expect(tokenizer.call([text, text], { padding: true }).input_ids).toEqual([ids, ids]);
        expect(tokenizer.tokenize(text)).toHaveLength(ids.length - 2);
        expect(typeof tokenizer.decode(ids)).toBe('string');
      }),
      { numRuns: 300 },
    );
  });

  test('takes a lone surrogate for U+FFFD', async () => {
    const tokenizer = await load(kind, name, options);
    const surrogate = fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit));
    fc.assert(
      fc.property(anyText, surrogate, anyText, (before, lone, after) => {
        const text = before + lone + after;
        expect(tokenizer.encode(text)).toEqual(tokenizer.encode(wellFormed(text)));
      }),
      { numRuns: 200 },
    );
  });
});

const KILO = 1 << 10;
const MEGA = 1 << 20;

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
  test.each(monotonous)('takes as long by the character as on a short one: %s', async (_name, unit) => {
    const tokenizer = await load(kind, 'byte_fallback', options);
    const [short, long] = [8 * KILO, 256 * KILO].map((length) => unit.repeat(length / unit.length)) as [string, string];
    tokenizer.encode(short);
    const forShort = best(() => tokenizer.encode(short), 5) / short.length;
    const forLong = best(() => tokenizer.encode(long), 2) / long.length;
    // 32 times the length: an algorithm of quadratic time takes 32 times as long for each character.
    expect(forLong / forShort).toBeLessThan(12);
  });

  test('takes a megabyte', async () => {
    const tokenizer = await load(kind, 'plain', options);
    const text = 'whale'.repeat(MEGA / 5);
    const ids = tokenizer.encode(text);
    expect(ids.length).toBeGreaterThan(MEGA / 10);
    expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(text);
  });
});

/** The least time that some runs take, in milliseconds. */
function best(run: () => unknown, runs: number): number {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return Math.min(...times);
}

function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
