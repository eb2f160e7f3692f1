import { SentencePieceEngine } from '../../../src/tokenization/sentencepiece/sentencepiece_engine';
import { SentencePieceJsEngine } from '../../../src/tokenization/sentencepiece/sentencepiece_js_engine';
import { SentencePieceModel } from '../../../src/tokenization/sentencepiece/sentencepiece_model';
import { ALL_MODELS, type AnyModelName, modelBytes, readTexts } from '../tables';
import { readRealLines } from './real_lines';

/**
 * Texts of which sentencepiece-js, which embeds an older SentencePiece, orders equally probable pieces differently, and
 * the real lines with the same, by a part of them.
 */
const TIES: Record<AnyModelName, { hard: string[]; lines: string[] }> = {
  plain: { hard: ['a'.repeat(300)], lines: ['kɛji efeee aloo efee nɔ ko yɛ maŋ mlanaa'] },
  byte_fallback: { hard: ['....!!!???---___***~~~```'], lines: [] },
  multilingual: { hard: [], lines: [] },
  lower_cased: { hard: ['....!!!???---___***~~~```'], lines: [] },
};

const { shared, more } = readTexts();
// A part of them, since those of our engine are compared with the reference's, all of them, elsewhere.
const lines = readRealLines().filter((_, number) => number % 4 === 1);

describe.each(ALL_MODELS)('sentencepiece-js with the %s model', (name) => {
  const model = SentencePieceModel.fromBytes(modelBytes(name));
  const engine = new SentencePieceEngine(model);
  let other: SentencePieceJsEngine;
  beforeAll(async () => {
    other = await SentencePieceJsEngine.load(model);
  });

  /** Texts that the two engines cut differently; each has the same pieces in another order. */
  const ties = (texts: readonly string[]): string[] =>
    texts.filter((text) => {
      const here = engine.encodePieces(text);
      const there = other.encodePieces(text);
      if (here.join('\n') === there.join('\n')) return false;
      expect([...there].sort()).toEqual([...here].sort());
      return true;
    });

  test('cuts the hard texts alike, ties excepted', () => {
    expect(ties([...shared, ...more])).toEqual(TIES[name].hard);
  });

  test('cuts the real lines alike, ties excepted', () => {
    expect(ties(lines)).toEqual(TIES[name].lines.map((part) => expect.stringContaining(part)));
  });
});
