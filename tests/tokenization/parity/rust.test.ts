import { copyFile, mkdir } from 'node:fs/promises';
import { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import { camelCaseKeys } from '../camel_case_keys';
import { ALL_MODELS, type AnyModelName, modelBytes, readTexts } from '../tables';
import { temporaryFolder } from '../temporary_folder';
import { type EncodedText, encodeText } from './encoded_text';
import { readLineDigests, readRealLines } from './real_lines';
import { RustTokenizer } from './rust_tokenizer';

const { shared, more } = readTexts();
const texts = [...shared, ...more];
/** The real lines are one in so many of all, which has some of every language. */
const STEP = 5;
const lines = readRealLines().filter((_, number) => number % STEP === 0);
const digests = readLineDigests();

/** How what the Rust library makes of a list of texts differs. */
interface Differences {
  /** Numbers of the texts with other ids. */
  ids: number[];
  /** How many texts have the same ids and another text of an unknown token. */
  surfaces: number;
  /** How many have the same tokens in other words. */
  words: number;
  /** How many have the same tokens at other places. */
  offsets: number;
}

/** Which of the real lines are in decomposed Vietnamese, and some in Burmese, by their numbers among all. */
const VIETNAMESE = [23155, 23160].map((number) => number / STEP);
const BURMESE = [21490, 21495].map((number) => number / STEP);

const NONE: Differences = { ids: [], surfaces: 0, words: 0, offsets: 0 };

/**
 * What the library makes otherwise of the `tokenizer.json` that stands for the slow class.
 *
 * Ids and unknown tokens: it normalizes graphemes where SentencePiece normalizes characters, which shows in combining
 * marks (so in the lines), and it breaks a few ties differently. Places: a letter and its accent
 * that become one character have the place of the letter; a byte piece that of its share of the token; a word after
 * punctuation begins after the space.
 */
const SLOW_CLASS: Record<AnyModelName, { texts: Differences; lines: Differences }> = {
  plain: {
    texts: {
      ids: [11, 66, 68, 75, 314, 317, 335, 367, 382, 398, 437, 463, 550, 599],
      surfaces: 15,
      words: 0,
      offsets: 37,
    },
    lines: { ids: VIETNAMESE, surfaces: 2, words: 0, offsets: 27 },
  },
  byte_fallback: {
    texts: {
      ids: [
        66, 67, 68, 72, 75, 78, 79, 83, 189, 190, 220, 314, 317, 335, 347, 367, 382, 398, 437, 463, 514, 536, 544, 546,
        550, 568, 589, 599, 610,
      ],
      surfaces: 0,
      words: 0,
      offsets: 234,
    },
    lines: { ids: [...BURMESE, ...VIETNAMESE], surfaces: 0, words: 0, offsets: 361 },
  },
  multilingual: {
    texts: {
      ids: [66, 67, 68, 72, 75, 83, 189, 317, 335, 382, 398, 463, 514, 544, 546, 550, 589, 599],
      surfaces: 10,
      words: 0,
      offsets: 40,
    },
    lines: { ids: VIETNAMESE, surfaces: 2, words: 0, offsets: 27 },
  },
  lower_cased: {
    texts: {
      ids: [66, 68, 75, 166, 220, 314, 317, 335, 367, 382, 398, 463, 550, 599],
      surfaces: 15,
      words: 0,
      offsets: 156,
    },
    lines: { ids: VIETNAMESE, surfaces: 2, words: 0, offsets: 3667 },
  },
};

const cases = ALL_MODELS.flatMap((name) => (['slow', 'fast'] as const).map((algorithm) => ({ name, algorithm })));

describe.each(cases)(
  'Hugging Face tokenizers on the saved $name model, algorithm $algorithm',
  ({ name, algorithm }) => {
    const path = temporaryFolder();
    const known = algorithm === 'fast' ? { texts: NONE, lines: NONE } : SLOW_CLASS[name];
    let tokenizer: DebertaV2TokenizerFast;
    let rust: RustTokenizer;
    beforeAll(async () => {
      const options = { ...camelCaseKeys(digests[name].settings), algorithm };
      tokenizer = await DebertaV2TokenizerFast.fromModel(modelBytes(name), options);
      rust = await RustTokenizer.of(tokenizer);
    });

    test('makes of the hard texts what we make of them', async () => {
      expect(compare(texts, tokenizer, await rust.encode(texts))).toEqual(known.texts);
    });

    test('makes of the real lines what we make of them', async () => {
      expect(compare(lines, tokenizer, await rust.encode(lines))).toEqual(known.lines);
    });

    test('makes what we make of the tokenizer.json alone', async () => {
      await tokenizer.savePretrained(path('saved'));
      await mkdir(path('alone'));
      await copyFile(path('saved', 'tokenizer.json'), path('alone', 'tokenizer.json'));
      const alone = await DebertaV2TokenizerFast.fromPretrained(path('alone'));
      const all = [...texts, ...lines.slice(-600)];
      expect(compare(all, alone, await rust.encode(all))).toEqual(NONE);
    });

    test('adds the same special tokens', async () => {
      expect(await rust.encodeIds('the whale')).toEqual(tokenizer.encode('the whale'));
      expect(await rust.encodeIds('the whale', 'the sea')).toEqual(
        tokenizer.encode('the whale', { textPair: 'the sea' }),
      );
    });

    test('a copy that is loaded again does the same', async () => {
      await tokenizer.savePretrained(path('saved'));
      const copy = await DebertaV2TokenizerFast.fromPretrained(path('saved'), { algorithm });
      const expected = texts.map((text) => encodeText(tokenizer, text));
      expect(compare(texts, copy, expected)).toEqual(NONE);
    });
  },
);

function compare(list: readonly string[], tokenizer: DebertaV2TokenizerFast, expected: EncodedText[]): Differences {
  const found: Differences = { ids: [], surfaces: 0, words: 0, offsets: 0 };
  list.forEach((text, index) => {
    const one = encodeText(tokenizer, text);
    const other = expected[index]!;
    if (one.ids.join() !== other.ids.join()) found.ids.push(index);
    else if (one.tokens.join('\n') !== other.tokens.join('\n')) found.surfaces++;
    else if (one.words.join() !== other.words.join()) found.words++;
    else if (one.offsets.join() !== other.offsets.join()) found.offsets++;
  });
  return found;
}
