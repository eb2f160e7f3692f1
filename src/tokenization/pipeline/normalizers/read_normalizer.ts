import { z } from 'zod';
import { CharacterMap } from '../../sentencepiece/character_map';
import { decodeBase64 } from '../base64';
import { type ComponentReader, type JsonPlace, parseAt, placeWithin, readByType, wrongValue } from '../json_place';
import { readPattern } from '../patterns/read_pattern';
import { LowercaseNormalizer } from './lowercase_normalizer';
import { NmtNormalizer } from './nmt_normalizer';
import type { Normalizer } from './normalizer';
import { NormalizerSequence } from './normalizer_sequence';
import { PrecompiledNormalizer } from './precompiled_normalizer';
import { PrependNormalizer } from './prepend_normalizer';
import { ReplaceNormalizer } from './replace_normalizer';
import { StripAccentsNormalizer } from './strip_accents_normalizer';
import { StripNormalizer } from './strip_normalizer';
import { UnicodeNormalizer } from './unicode_normalizer';

const sequenceSchema = z.object({ normalizers: z.array(z.unknown()) });
const stripSchema = z.object({ strip_left: z.boolean(), strip_right: z.boolean() });
const precompiledSchema = z.object({ precompiled_charsmap: z.string() });
const replaceSchema = z.object({ pattern: z.unknown(), content: z.string() });
const prependSchema = z.object({ prepend: z.string() });

const READERS: Readonly<Record<string, ComponentReader<Normalizer>>> = {
  Sequence: (value, place) => {
    const { normalizers } = parseAt(sequenceSchema, value, place);
    const list = placeWithin(place, 'normalizers');
    return new NormalizerSequence(normalizers.map((part, index) => readNormalizer(part, placeWithin(list, index))));
  },
  Strip: (value, place) => {
    const { strip_left: left, strip_right: right } = parseAt(stripSchema, value, place);
    return new StripNormalizer(left, right);
  },
  StripAccents: () => new StripAccentsNormalizer(),
  Precompiled: (value, place) => readPrecompiled(parseAt(precompiledSchema, value, place).precompiled_charsmap, place),
  Replace: (value, place) => {
    const { pattern, content } = parseAt(replaceSchema, value, place);
    return new ReplaceNormalizer(readPattern(pattern, placeWithin(place, 'pattern')), content);
  },
  Lowercase: () => new LowercaseNormalizer(),
  NFC: () => new UnicodeNormalizer('NFC'),
  NFD: () => new UnicodeNormalizer('NFD'),
  NFKC: () => new UnicodeNormalizer('NFKC'),
  NFKD: () => new UnicodeNormalizer('NFKD'),
  Nmt: () => new NmtNormalizer(),
  Prepend: (value, place) => new PrependNormalizer(parseAt(prependSchema, value, place).prepend),
};

/**
 * Reads a normalizer of `tokenizer.json`.
 *
 * @throws {TokenizerError} for a type that is not known, and for values that are not allowed.
 */
export function readNormalizer(value: unknown, place: JsonPlace): Normalizer {
  return readByType(READERS, 'normalizer', value, place);
}

function readPrecompiled(text: string, place: JsonPlace): Normalizer {
  const mapPlace = placeWithin(place, 'precompiled_charsmap');
  const bytes = decodeBase64(text);
  const map = bytes && CharacterMap.fromBlob(bytes, `${place.file} (${mapPlace.key})`);
  if (map === undefined) throw wrongValue(mapPlace, 'expected a character map of SentencePiece in base64');
  return new PrecompiledNormalizer(map);
}
