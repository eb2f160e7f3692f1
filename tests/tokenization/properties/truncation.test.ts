import { DebertaV2Tokenizer } from '../../../src/tokenization/deberta_v2_tokenizer';
import { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import type { PaddingStrategy } from '../../../src/tokenization/encoding/pad_encodings';
import fc from '../../harness/fast_check';
import { silenceLogger } from '../silence_logger';
import { modelBytes } from '../tables';
import { ordinaryText } from './any_text';
import { outcome } from './outcome';

silenceLogger();

const strategy = fc.constantFrom('longest_first', 'only_first', 'only_second');
const paddings: fc.Arbitrary<boolean | PaddingStrategy> = fc.constantFrom<(boolean | PaddingStrategy)[]>(
  false,
  'longest',
  'max_length',
);
const side = fc.constantFrom('left', 'right');
const call = fc.record({
  first: ordinaryText,
  second: fc.option(
    ordinaryText.filter((text) => text !== ''),
    { nil: undefined },
  ),
  truncation: strategy,
  maxLength: fc.integer({ min: 4, max: 40 }),
  truncationSide: side,
  paddingSide: side,
  padding: paddings,
});

const classes = [
  ['DebertaV2Tokenizer', () => DebertaV2Tokenizer.fromModel(modelBytes('byte_fallback')), false],
  ['DebertaV2TokenizerFast', () => DebertaV2TokenizerFast.fromModel(modelBytes('byte_fallback')), true],
  [
    'DebertaV2TokenizerFast, algorithm fast',
    () => DebertaV2TokenizerFast.fromModel(modelBytes('byte_fallback'), { algorithm: 'fast' }),
    true,
  ],
] as const;

describe.each(classes)('truncation by %s', (_name, load, isFast) => {
  let tokenizer: DebertaV2Tokenizer | DebertaV2TokenizerFast;
  beforeAll(async () => {
    tokenizer = await load();
  });

  test('keeps every [SEP] and the maximum, or says that it cannot', () => {
    fc.assert(
      fc.property(call, ({ first, second, truncation, maxLength, truncationSide, paddingSide, padding }) => {
        tokenizer.truncationSide = truncationSide;
        const pair = second === undefined ? {} : { textPair: second };
        const whole = tokenizer.call(first, pair).input_ids;
        const options = {
          ...pair,
          truncation,
          maxLength,
          paddingSide,
          padding,
          returnSpecialTokensMask: true,
        } as const;
        const row = outcome(() => tokenizer.call(first, options));
        const counts = [first, second].map((text) =>
          text === undefined ? 0 : tokenizer.encode(text, { addSpecialTokens: false }).length,
        );
        const excess = whole.length - maxLength;
        const removable = counts[truncation === 'only_second' ? 1 : 0]!;
        // Neither class leaves nothing of the one text that it may shorten; of two, the fast one does.
        const isPossible =
          excess <= 0 ||
          (truncation === 'longest_first' ? isFast || second !== undefined : false) ||
          removable > excess;
        if (isFast && !isPossible) {
          expect(row).toBeUndefined();
          return;
        }
        const ids = row!.input_ids.filter((_, index) => row!.attention_mask![index] === 1);
        if (!isPossible && second === undefined) expect(ids).toEqual(whole);
        if (!isPossible) return;
        expect(row!.input_ids.length).toBeLessThanOrEqual(maxLength);
        expect(ids).toHaveLength(Math.min(whole.length, maxLength));
        expect(ids[0]).toBe(tokenizer.clsTokenId);
        expect(ids.at(-1)).toBe(tokenizer.sepTokenId);
        expect(ids.filter((id) => id === tokenizer.sepTokenId)).toHaveLength(second === undefined ? 1 : 2);
        if (padding === 'max_length') expect(row!.input_ids).toHaveLength(maxLength);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('overflow of DebertaV2TokenizerFast', () => {
  let tokenizer: DebertaV2TokenizerFast;
  beforeAll(async () => {
    tokenizer = await DebertaV2TokenizerFast.fromModel(modelBytes('plain'));
  });
  const sizes = fc.tuple(fc.integer({ min: 4, max: 30 }), fc.nat(20)).filter(([length, stride]) => stride < length - 2);

  test('has every token in order, the stride repeated', () => {
    fc.assert(
      fc.property(ordinaryText, sizes, side, (text, [maxLength, stride], truncationSide) => {
        tokenizer.truncationSide = truncationSide;
        const batch = tokenizer.call([text], { truncation: true, maxLength, stride, returnOverflowingTokens: true });
        const whole = tokenizer.encode(text, { addSpecialTokens: false });
        const rows = batch.input_ids.map((ids) => {
          expect(ids.length).toBeLessThanOrEqual(maxLength);
          expect([ids[0], ids.at(-1)]).toEqual([tokenizer.clsTokenId, tokenizer.sepTokenId]);
          return ids.slice(1, -1);
        });
        if (truncationSide === 'left') rows.reverse();
        const joined: number[] = [];
        for (const row of rows) {
          if (joined.length > 0) expect(row.slice(0, stride)).toEqual(joined.slice(joined.length - stride));
          joined.push(...row.slice(joined.length > 0 ? stride : 0));
        }
        expect(joined).toEqual(whole);
        expect(batch.overflow_to_sample_mapping).toEqual(rows.map(() => 0));
      }),
      { numRuns: 500 },
    );
  });

  test('gives rows of a length that tensors can be made of', () => {
    fc.assert(
      fc.property(fc.array(ordinaryText, { minLength: 1, maxLength: 4 }), sizes, (texts, [maxLength, stride]) => {
        const options = {
          truncation: true,
          padding: 'max_length',
          maxLength,
          stride,
          returnOverflowingTokens: true,
        } as const;
        const batch = tokenizer.call(texts, options);
        expect(new Set(batch.input_ids.map((ids) => ids.length))).toEqual(new Set([maxLength]));
        expect(new Set(batch.overflow_to_sample_mapping)).toEqual(new Set(texts.keys()));
      }),
      { numRuns: 200 },
    );
  });
});
