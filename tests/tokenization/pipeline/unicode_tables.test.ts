import {
  lowercase,
  nfcNormalizer,
  nfdNormalizer,
  nfkcNormalizer,
  nfkdNormalizer,
  punctuationPreTokenizer,
  stripNormalizer,
} from 'tokenizers';
import { NormalizedString } from '../../../src/tokenization/pipeline/normalized_string';
import { LowercaseNormalizer } from '../../../src/tokenization/pipeline/normalizers/lowercase_normalizer';
import { StripNormalizer } from '../../../src/tokenization/pipeline/normalizers/strip_normalizer';
import { UnicodeNormalizer } from '../../../src/tokenization/pipeline/normalizers/unicode_normalizer';
import { findPunctuation } from '../../../src/tokenization/pipeline/pre_tokenizers/punctuation';

/** Code points of the planes that are in use, as far as this platform knows them. */
const CHARACTERS = [...range(1, 0xd7ff), ...range(0xe000, 0x1_ffff)].filter((character) => /\P{Cn}/u.test(character));

const normalizers = [
  { name: 'lower case', rust: lowercase(), ours: new LowercaseNormalizer() },
  { name: 'stripping', rust: stripNormalizer(true, true), ours: new StripNormalizer(true, true) },
  { name: 'NFC', rust: nfcNormalizer(), ours: new UnicodeNormalizer('NFC') },
  { name: 'NFD', rust: nfdNormalizer(), ours: new UnicodeNormalizer('NFD') },
  { name: 'NFKC', rust: nfkcNormalizer(), ours: new UnicodeNormalizer('NFKC') },
  { name: 'NFKD', rust: nfkdNormalizer(), ours: new UnicodeNormalizer('NFKD') },
];

test.each(normalizers)('$name of every character is that of the Rust library', ({ rust, ours }) => {
  const run = (text: string) => ours.normalize(NormalizedString.from(text)).text;
  expect(CHARACTERS.filter((character) => rust.normalizeString(character) !== run(character))).toEqual([]);
});

test('punctuation is what it is to the Rust library', () => {
  const rust = punctuationPreTokenizer();
  const isRust = (character: string) => rust.preTokenizeString(`a${character}`).length === 2;
  const isOurs = (character: string) => findPunctuation(character).length > 0;
  expect(CHARACTERS.filter((character) => isRust(character) !== isOurs(character))).toEqual([]);
});

function range(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index));
}
