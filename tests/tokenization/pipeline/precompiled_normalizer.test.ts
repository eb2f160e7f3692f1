import { Tokenizer } from 'tokenizers';
import { NormalizedString } from '../../../src/tokenization/pipeline/normalized_string';
import { PrecompiledNormalizer } from '../../../src/tokenization/pipeline/normalizers/precompiled_normalizer';
import { fixtureModel, fixtureTokenizerJson, type JsonParts, smallTokenizerJson } from './tokenizer_json';

const { normalizers } = fixtureTokenizerJson('plain').normalizer as { normalizers: JsonParts[] };
const json = smallTokenizerJson({ normalizer: normalizers.find(({ type }) => type === 'Precompiled') });
const rust = Tokenizer.fromString(JSON.stringify(json)).getNormalizer()!;
const ours = new PrecompiledNormalizer(fixtureModel('plain').characterMap!);

/** Every character that this platform's Unicode knows; of those for private use, which are all alike, every 64th. */
const CHARACTERS = Array.from({ length: 0x10ffff }, (_, index) => index + 1).flatMap((code) => {
  const character = String.fromCodePoint(code);
  const isKept = /\p{Co}/u.test(character) ? code % 64 === 0 : /[^\p{Cn}\p{Cs}]/u.test(character);
  return isKept ? [character] : [];
});

/**
 * Around each character, ones that show whether they are in one grapheme cluster: of a cluster of up to 5 bytes, only what
 * º, ａ, ½ or the line end before it becomes is left.
 */
const SURROUNDINGS: [name: string, surround: (character: string) => string][] = [
  ['alone', (character) => character],
  ['behind a character of 2 bytes', (character) => `º${character}`],
  ['behind a character of 3 bytes', (character) => `ａ${character}`],
  ['behind one that becomes several', (character) => `½${character}`],
  ['before a character of 2 bytes', (character) => `${character}º`],
  ['before a character of 1 byte', (character) => `${character}\u0001`],
  ['behind a letter with an accent', (character) => `e\u0301${character}`],
  ['behind a joined picture', (character) => `©\u200d${character}`],
  ['behind a first letter of Hangul', (character) => `\u1112${character}\u0301`],
];

test.each(SURROUNDINGS)('every character %s becomes what the Rust library makes of it', (_name, surround) => {
  const lines = CHARACTERS.map(surround);
  const different: string[] = [];
  for (let at = 0; at < lines.length; at += 2000) {
    // The separator is a control character that stays, which ends every cluster.
    const text = lines.slice(at, at + 2000).join('\u0080');
    const [expected, received] = [rust.normalizeString(text), ours.normalize(NormalizedString.from(text)).text];
    if (expected === received) continue;
    different.push(
      ...lines
        .slice(at, at + 2000)
        .filter((line) => rust.normalizeString(line) !== ours.normalize(NormalizedString.from(line)).text),
    );
  }
  expect(different).toEqual([]);
});
