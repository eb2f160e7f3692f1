import fc from '../../harness/fast_check';
import { readTexts } from '../tables';

const SPECIAL = ['[MASK]', '[SEP]', '[CLS]', '[PAD]', '[UNK]', '[mask]', '<0x41>', '\u2581'];

/** Characters that normalization, graphemes and white space make hard. */
const HARD_CHARACTERS = [...new Set(readTexts().shared.join(''))];

/** Any UTF-16 code units at all, lone surrogates included. */
const codeUnits = fc
  .array(fc.nat(0xffff), { maxLength: 40 })
  .map((units) => units.map((unit) => String.fromCharCode(unit)).join(''));

/** Any string: plain words, hard characters, special tokens, every code point, and strings that are no valid UTF-16. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc
    .array(fc.oneof(fc.constantFrom(...HARD_CHARACTERS), fc.constantFrom(...HARD_CHARACTERS, ' ', ...SPECIAL)), {
      maxLength: 40,
    })
    .map((parts) => parts.join('')),
  fc.constantFrom(...readTexts().shared),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  codeUnits,
);

/** The same without anything that could be a special token. */
export const ordinaryText: fc.Arbitrary<string> = anyText.map((text) =>
  // Full-width brackets and their like become ordinary ones.
  Array.from(text, (character) => (character.normalize('NFKC').includes('[') ? '(' : character)).join(''),
);
