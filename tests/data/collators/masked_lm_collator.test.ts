import { type MaskedLMCollatorOptions, maskedLMCollator } from '../../../src/data/collators/masked_lm_collator';
import type { EncodedText } from '../../../src/data/features/encoded_text';
import { RandomStream } from '../../../src/ops/random_stream';
import type { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import { plainTokenizer } from './collator_fixtures';

/** Tokens of a row, with `[CLS]` and `[SEP]`. */
const ROW = 202;

let tokenizer: DebertaV2TokenizerFast;
let features: EncodedText[];
let special: Set<number>;

beforeAll(async () => {
  tokenizer = await plainTokenizer();
  special = new Set(tokenizer.allSpecialIds);
  // Random tokens, with a special one here and there.
  const random = new RandomStream(1);
  features = Array.from({ length: 100 }, () => {
    const ids = Array.from({ length: ROW - 2 }, () => Math.floor(random.next() * tokenizer.length));
    const input_ids = tokenizer.buildInputsWithSpecialTokens(ids);
    return { input_ids };
  });
});

/** What became of a token: what it was, what it is, and its label. */
interface SeenToken {
  readonly id: number;
  readonly row: number;
  readonly position: number;
  readonly became: number;
  readonly label: number;
  readonly isChosen: boolean;
}

const seen = new Map<string, SeenToken[]>();

/** Every token of a batch. */
function tokensOf(options: Partial<MaskedLMCollatorOptions>): SeenToken[] {
  const key = JSON.stringify(options);
  const known = seen.get(key);
  if (known !== undefined) return known;
  const { xs, ys } = maskedLMCollator({ tokenizer, ...options })(features, 3);
  const tokens = features.flatMap(({ input_ids }, row) =>
    input_ids.map((id, position) => {
      const at = row * ROW + position;
      const label = ys.labels!.values[at]!;
      return { id, row, position, label, became: xs.input_ids!.values[at]!, isChosen: label !== -100 };
    }),
  );
  seen.set(key, tokens);
  return tokens;
}

const share = (items: readonly unknown[], of: readonly unknown[]) => items.length / of.length;

const WAYS: [string, Partial<MaskedLMCollatorOptions>][] = [
  ['tokens', {}],
  ['whole words', { wholeWord: true }],
  ['n-grams', { maxNgram: 3 }],
];

// 20,000 tokens, of which 3,000 are chosen: a share of 0.15 has a standard deviation of 0.0025, one of 0.8 of 0.0073.
describe.each(WAYS)('choosing %s', (_name, options) => {
  test('15 % of the tokens are to be guessed: 80 % masked, 10 % replaced, 10 % as they are', () => {
    const tokens = tokensOf(options).filter(({ id }) => !special.has(id));
    const chosen = tokens.filter(({ isChosen }) => isChosen);
    expect(share(chosen, tokens)).toBeGreaterThan(0.14);
    expect(share(chosen, tokens)).toBeLessThan(0.16);
    const masked = chosen.filter(({ became }) => became === tokenizer.maskTokenId);
    const kept = chosen.filter(({ id, became }) => became === id);
    expect(share(masked, chosen)).toBeGreaterThan(0.775);
    expect(share(masked, chosen)).toBeLessThan(0.825);
    expect(share(kept, chosen)).toBeGreaterThan(0.08);
    expect(share(kept, chosen)).toBeLessThan(0.12);
  });

  test('labels are what tokens were, and nothing else changes', () => {
    const wrong = tokensOf(options).filter(({ id, label, became, isChosen }) => (isChosen ? label : became) !== id);
    expect(wrong).toEqual([]);
  });

  test('special tokens are never chosen, and only [MASK] is put in', () => {
    const tokens = tokensOf(options);
    expect(tokens.filter(({ id, isChosen }) => isChosen && special.has(id))).toEqual([]);
    const put = tokens.filter(({ id, became }) => became !== id && became !== tokenizer.maskTokenId);
    expect(put.filter(({ became }) => special.has(became))).toEqual([]);
    // Any token may be put in: few of some 300 draws from 2,000 tokens are the same.
    expect(new Set(put.map(({ became }) => became)).size).toBeGreaterThan(put.length * 0.8);
  });

  test('every part of a row is chosen as often', () => {
    const tokens = tokensOf(options).filter(({ id }) => !special.has(id));
    for (const part of [0, 1, 2, 3]) {
      const there = tokens.filter(({ position }) => Math.floor((position - 1) / 50) === part);
      const rate = share(
        there.filter(({ isChosen }) => isChosen),
        there,
      );
      expect(rate).toBeGreaterThan(0.125);
      expect(rate).toBeLessThan(0.175);
    }
  });

  test('follows from the seed', () => {
    const collate = maskedLMCollator({ tokenizer, ...options });
    expect(collate(features.slice(0, 5), 3)).toEqual(collate(features.slice(0, 5), 3));
    expect(collate(features.slice(0, 5), 3)).not.toEqual(collate(features.slice(0, 5), 4));
  });

  test('takes other shares', () => {
    const tokens = tokensOf({
      ...options,
      mlmProbability: 0.4,
      maskProbability: 0,
      randomProbability: 1,
      maxPredictions: 200,
    });
    const ordinary = tokens.filter(({ id }) => !special.has(id));
    const chosen = ordinary.filter(({ isChosen }) => isChosen);
    expect(share(chosen, ordinary)).toBeGreaterThan(0.37);
    expect(share(chosen, ordinary)).toBeLessThan(0.43);
    expect(
      share(
        chosen.filter(({ id, became }) => id === became),
        chosen,
      ),
    ).toBeLessThan(0.01);
    expect(chosen.filter(({ became }) => became === tokenizer.maskTokenId)).toEqual([]);
  });
});

test('whole words are chosen as a whole', () => {
  for (const options of [{ wholeWord: true }, { maxNgram: 3 }]) {
    const tokens = tokensOf(options);
    const goesOn = tokens.filter(
      ({ id, position }, index) =>
        position > 0 &&
        !special.has(id) &&
        !special.has(tokens[index - 1]!.id) &&
        !tokenizer.convertIdsToTokens(id).startsWith('▁'),
    );
    expect(goesOn.length).toBeGreaterThan(1000);
    const torn = goesOn.filter(({ row, position, isChosen }) => {
      return isChosen !== tokens[row * ROW + position - 1]!.isChosen;
    });
    expect(torn).toEqual([]);
  }
});

test('no more tokens of a row than maxPredictions are chosen, but for the rest of a word', () => {
  const perRow = (maxPredictions: number) => {
    const chosen = tokensOf({ maxNgram: 3, maxPredictions }).filter(({ isChosen }) => isChosen);
    return features.map((_, index) => chosen.filter(({ row }) => row === index).length);
  };
  expect(Math.min(...perRow(5))).toBeGreaterThanOrEqual(5);
  expect(perRow(5).reduce((a, b) => a + b) / features.length).toBeLessThan(7);
});

test('a short row has at least one word to be guessed', () => {
  const collate = maskedLMCollator({ tokenizer, wholeWord: true });
  const { input_ids } = tokenizer.call('whale');
  const { ys } = collate([{ input_ids }], 1);
  expect([...ys.labels!.values].filter((label) => label !== -100)).toEqual(input_ids.slice(1, -1));
});

test('a row of special tokens has nothing to be guessed', () => {
  for (const options of [{}, { maxNgram: 3 }]) {
    const collate = maskedLMCollator({ tokenizer, ...options });
    expect([...collate([{ input_ids: [1, 2] }], 1).ys.labels!.values]).toEqual([-100, -100]);
  }
});

test.each<[string, Partial<MaskedLMCollatorOptions>, RegExp]>([
  ['no share', { mlmProbability: 0 }, /^Option mlmProbability must be a number above 0 and up to 1, received 0/],
  ['a share above 1', { mlmProbability: 15 }, /^Option mlmProbability/],
  ['no number', { maskProbability: Number.NaN }, /^Option maskProbability/],
  ['shares above 1 in sum', { randomProbability: 0.3 }, /^Option randomProbability.* received 0.3/],
  ['half a word', { maxNgram: 0.5 }, /^Option maxNgram/],
  ['no prediction', { maxPredictions: 0 }, /^Option maxPredictions/],
])('%s is refused', (_name, options, message) => {
  expect(() => maskedLMCollator({ tokenizer, ...options })).toThrowDebertaError('input', message);
});

test('0.8 and 0.2 are 1', () => {
  expect(() => maskedLMCollator({ tokenizer, maskProbability: 0.8, randomProbability: 0.2 })).not.toThrow();
});
