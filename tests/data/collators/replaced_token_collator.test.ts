import { replacedTokenCollator } from '../../../src/data/collators/replaced_token_collator';
import type { EncodedText } from '../../../src/data/features/encoded_text';
import { RandomStream } from '../../../src/ops/random_stream';
import type { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import { plainTokenizer } from './collator_fixtures';

const ROW = 122;
const ROWS = 60;

let tokenizer: DebertaV2TokenizerFast;
let features: EncodedText[];

beforeAll(async () => {
  tokenizer = await plainTokenizer();
  const random = new RandomStream(1);
  features = Array.from({ length: ROWS }, () => {
    // No special tokens among them.
    const ids = Array.from({ length: ROW - 2 }, () => 10 + Math.floor(random.next() * (tokenizer.length - 20)));
    return { input_ids: tokenizer.buildInputsWithSpecialTokens(ids) };
  });
});

/** Positions of a batch's labels, row by row. */
function chosen(options: Partial<Parameters<typeof replacedTokenCollator>[0]> = {}) {
  const { xs, ys } = replacedTokenCollator({ tokenizer, ...options })(features, 5);
  const [ids, labels] = [xs.input_ids!.values, ys.labels!.values];
  const rows = features.map((_, row) => [...Array(ROW).keys()].filter((place) => labels[row * ROW + place] !== -100));
  return { ids, labels, rows };
}

test('every chosen token is a [MASK], its label what it was, and nothing else has changed', () => {
  const { ids, labels, rows } = chosen();
  for (const [row, { input_ids }] of features.entries()) {
    for (const [place, id] of input_ids.entries()) {
      const at = row * ROW + place;
      const isChosen = rows[row]!.includes(place);
      expect([ids[at], labels[at]]).toEqual(isChosen ? [tokenizer.maskTokenId, id] : [id, -100]);
    }
  }
});

test('rows have 15 % of their tokens chosen, all the same number', () => {
  expect(new Set(chosen().rows.map((row) => row.length))).toEqual(new Set([18]));
});

test('they are spread: no more than one of each stretch of six', () => {
  const counts = chosen().rows.flatMap((row) =>
    Array.from({ length: 20 }, (_, part) => row.filter((place) => Math.floor((place - 1) / 6) === part).length),
  );
  expect(Math.max(...counts)).toBe(1);
});

test('each token has the same chance, those at the end too', () => {
  const { rows } = chosen();
  const half = rows.flat().filter((place) => place > ROW / 2).length / rows.flat().length;
  // Four standard deviations.
  expect(Math.abs(half - 0.5)).toBeLessThan(0.06);
});

test('words and n-grams can be chosen instead', () => {
  const neighbours = (list: number[][]) => list.flatMap((row) => row.filter((place) => row.includes(place + 1))).length;
  expect(neighbours(chosen({ maxNgram: 3 }).rows)).toBeGreaterThan(2 * neighbours(chosen().rows));
});

test('another seed chooses others', () => {
  const collate = replacedTokenCollator({ tokenizer });
  expect(collate(features, 1)).toEqual(collate(features, 1));
  expect(collate(features, 1).ys).not.toEqual(collate(features, 2).ys);
});
