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
      { numRuns: 400 },
    );

  test('every token lies in the text', () => {
    check(({ offsets }, text) => {
      for (const [start, end] of offsets) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(text.length).toBeGreaterThanOrEqual(end);
      }
    });
  });

  test('the text of a token, normalized, holds the token', () => {
    check(({ tokens, offsets }, text) => {
      tokens.forEach((token, index) => {
        if (BYTE_PIECE.test(token)) return;
        const part = text.slice(...offsets[index]!);
        if (part === token && SPECIAL.test(token)) return;
        expect(normalize(part)).toContain(oneSigma(token.replaceAll('▁', '')));
      });
    });
  });

  test('tokens go forwards, and share characters only where one character has become several', () => {
    check(({ tokens, offsets }, text) => {
      for (let index = 1; index < offsets.length; index++) {
        const [startBefore, endBefore] = offsets[index - 1]!;
        const [start, end] = offsets[index]!;
        expect(start).toBeGreaterThanOrEqual(startBefore);
        expect(end).toBeGreaterThanOrEqual(endBefore);
        if (start >= endBefore || tokens[index - 1] === '▁') continue;
        const areBytes = BYTE_PIECE.test(tokens[index - 1]!) && BYTE_PIECE.test(tokens[index]!);
        if (!areBytes) expect([...normalize(text.slice(start, endBefore))].length).toBeGreaterThan(1);
      }
    });
  });

  test('words are numbered in order', () => {
    check(({ words }) => {
      words.forEach((word, index) => {
        expect(word!).toBeGreaterThanOrEqual(index === 0 ? 0 : words[index - 1]!);
      });
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
        let end = 0;
        tokens.forEach((token, index) => {
          const [start, stop] = offsets[index]!;
          const isShared = (index === 1 && tokens[0] === '▁') || BYTE_PIECE.test(token);
          if (!isShared) expect(start).toBeGreaterThanOrEqual(end);
          end = stop;
        });
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
        texts.forEach((text, index) => {
          expect(encodeText(tokenizer, text)).toEqual(expected[index]);
        });
      }),
      { numRuns: 50 },
    );
  });
});
