import { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import { NormalizedText } from '../../../src/tokenization/sentencepiece/normalized_text';
import { SentencePieceModel } from '../../../src/tokenization/sentencepiece/sentencepiece_model';
import { SentencePieceNormalizer } from '../../../src/tokenization/sentencepiece/sentencepiece_normalizer';
import fc from '../../harness/fast_check';
import { type EncodedText, encodeText } from '../parity/encoded_text';
import { RustTokenizer } from '../parity/rust_tokenizer';
import { ALL_MODELS, modelBytes } from '../tables';
import { anyText } from './any_text';

const BYTE_PIECE = /^<0x[0-9A-F]{2}>$/;
const SPECIAL = /^\[(MASK|SEP|CLS|PAD|UNK)\]$/;

const settings = ALL_MODELS.flatMap((name) => [
  { name, options: {} },
  { name, options: { splitByPunct: true } },
  { name, options: { doLowerCase: true } },
]);

describe.each(settings)('positions with the $name model, $options', ({ name, options }) => {
  const model = SentencePieceModel.fromBytes(modelBytes(name));
  const normalizer = new SentencePieceNormalizer({
    spec: model.normalizerSpec,
    characterMap: model.characterMap,
    userDefinedPieces: [],
    treatWhitespaceAsSuffix: false,
  });
  const buffer = new NormalizedText();
  let tokenizer: DebertaV2TokenizerFast;
  beforeAll(async () => {
    tokenizer = await DebertaV2TokenizerFast.fromModel(modelBytes(name), options);
  });

  /** A part of a text as the vocabulary sees it, spaces left out; a sigma has one form. */
  const normalize = (part: string) => {
    normalizer.normalize('doLowerCase' in options ? part.toLowerCase() : part, buffer);
    return oneSigma(buffer.slice(0, buffer.length).replaceAll('▁', ''));
  };
  const check = (property: (encoded: EncodedText, text: string) => void) =>
    fc.assert(
      fc.property(anyText, (text) => property(encodeText(tokenizer, text), text)),
      { numRuns: 250 },
    );

  test('every token lies in the text', () => {
    check(({ offsets }, text) => {
      const isInside = ([start, end]: [number, number]) => start >= 0 && end >= start && text.length >= end;
      expect(offsets.every(isInside)).toBe(true);
    });
  });

  test('the text of a token, normalized, holds the token', () => {
    check(({ tokens, offsets }, text) => {
      const missing = tokens.filter((token, index) => {
        if (BYTE_PIECE.test(token)) return false;
        const part = text.slice(...offsets[index]!);
        if (part === token && SPECIAL.test(token)) return false;
        return !normalize(part).includes(oneSigma(token.replaceAll('▁', '')));
      });
      expect(missing).toEqual([]);
    });
  });

  test('tokens go forwards, and share characters only where one character has become several', () => {
    check(({ tokens, offsets }, text) => {
      const isRight = ([start, end]: [number, number], before: number) => {
        const [startBefore, endBefore] = offsets[before]!;
        if (!(start >= startBefore && end >= endBefore)) return false;
        if (start >= endBefore || tokens[before] === '▁') return true;
        const areBytes = BYTE_PIECE.test(tokens[before]!) && BYTE_PIECE.test(tokens[before + 1]!);
        return areBytes || [...normalize(text.slice(start, endBefore))].length > 1;
      };
      expect(offsets.slice(1).every(isRight)).toBe(true);
    });
  });

  test('words are numbered in order', () => {
    check(({ words }) => {
      const isInOrder = (word: number | null, index: number) =>
        word !== null && word >= (index === 0 ? 0 : words[index - 1]!);
      expect(words.every(isInOrder)).toBe(true);
    });
  });
});

/** Which form of the letter lower-casing gives depends on what stands around it. */
function oneSigma(text: string): string {
  return text.replaceAll('ς', 'σ');
}

describe('ordinary text', () => {
  test.each(ALL_MODELS)('has no characters in two tokens but the first, %s', async (name) => {
    const tokenizer = await DebertaV2TokenizerFast.fromModel(modelBytes(name));
    const letters = fc.string({ unit: fc.constantFrom(...'abcdefgh ABCXYZ.,;!?-()0123456789é中'), maxLength: 60 });
    fc.assert(
      fc.property(letters, (text) => {
        const { tokens, offsets } = encodeText(tokenizer, text);
        const isApart = (token: string, index: number) => {
          const isShared = (index === 1 && tokens[0] === '▁') || BYTE_PIECE.test(token);
          return isShared || offsets[index]![0] >= (index === 0 ? 0 : offsets[index - 1]![1]);
        };
        expect(tokens.every(isApart)).toBe(true);
      }),
    );
  });
});

describe('the algorithm of the fast class', () => {
  test.each(ALL_MODELS)('does what the Rust library does with any text, %s', async (name) => {
    const options = { algorithm: 'fast', doLowerCase: true, splitByPunct: true } as const;
    const tokenizer = await DebertaV2TokenizerFast.fromModel(modelBytes(name), options);
    const rust = await RustTokenizer.of(tokenizer);
    await fc.assert(
      fc.asyncProperty(fc.array(anyText, { minLength: 20, maxLength: 20 }), async (texts) => {
        const expected = await rust.encode(texts);
        expect(texts.map((text) => encodeText(tokenizer, text))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});
