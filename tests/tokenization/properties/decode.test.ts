import { DebertaV2Tokenizer } from '../../../src/tokenization/deberta_v2_tokenizer';
import { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';
import { NormalizedText } from '../../../src/tokenization/sentencepiece/normalized_text';
import { SentencePieceModel } from '../../../src/tokenization/sentencepiece/sentencepiece_model';
import { SentencePieceNormalizer } from '../../../src/tokenization/sentencepiece/sentencepiece_normalizer';
import { stripEnd, stripStart } from '../../../src/tokenization/white_space';
import fc from '../../harness/fast_check';
import { modelBytes } from '../tables';
import { anyText, ordinaryText } from './any_text';

const classes = [
  ['DebertaV2Tokenizer', () => DebertaV2Tokenizer.fromModel(modelBytes('byte_fallback'))],
  ['DebertaV2TokenizerFast', () => DebertaV2TokenizerFast.fromModel(modelBytes('byte_fallback'))],
] as const;

describe.each(classes)('%s with byte fallback', (_name, load) => {
  const { normalizerSpec: spec, characterMap } = SentencePieceModel.fromBytes(modelBytes('byte_fallback'));
  const normalizer = new SentencePieceNormalizer({
    spec,
    characterMap,
    userDefinedPieces: [],
    treatWhitespaceAsSuffix: false,
  });
  const normalized = new NormalizedText();

  test('decodes the ids of a text to the normalized text', async () => {
    const tokenizer = await load();
    fc.assert(
      fc.property(ordinaryText, (text) => {
        normalizer.normalize(text, normalized);
        const expected = normalized.slice(0, normalized.length).replaceAll('▁', ' ');
        const decoded = tokenizer.decode(tokenizer.encode(text), { skipSpecialTokens: true });
        expect(withoutEdges(decoded)).toBe(withoutEdges(expected));
      }),
      { numRuns: 1000 },
    );
  });

  test('encodes a decoded text to what decodes to the same again', async () => {
    const tokenizer = await load();
    fc.assert(
      fc.property(ordinaryText, (text) => {
        const once = tokenizer.decode(tokenizer.encode(text), { skipSpecialTokens: true });
        const twice = tokenizer.decode(tokenizer.encode(once), { skipSpecialTokens: true });
        normalizer.normalize(once, normalized);
        const expected = normalized.slice(0, normalized.length).replaceAll('▁', ' ');
        expect(withoutEdges(twice)).toBe(withoutEdges(expected));
      }),
      { numRuns: 300 },
    );
  });

  test('decodes any ids', async () => {
    const tokenizer = await load();
    fc.assert(
      fc.property(fc.array(fc.nat(tokenizer.length + 5), { maxLength: 50 }), fc.boolean(), (ids, skipSpecialTokens) => {
        expect(typeof tokenizer.decode(ids, { skipSpecialTokens })).toBe('string');
      }),
      { numRuns: 500 },
    );
  });

  test('gives tokens and ids that agree', async () => {
    const tokenizer = await load();
    fc.assert(
      fc.property(anyText, (text) => {
        const tokens = tokenizer.tokenize(text);
        expect(tokenizer.convertTokensToIds(tokens)).toEqual(tokenizer.encode(text, { addSpecialTokens: false }));
      }),
      { numRuns: 500 },
    );
  });
});

/** Decoding strips what Python takes for white space at the edges, which is more than the model does. */
function withoutEdges(text: string): string {
  return stripStart(stripEnd(text));
}
