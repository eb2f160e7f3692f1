import { z } from 'zod';
import { type ComponentReader, type JsonPlace, parseAt, placeWithin, readByType } from '../json_place';
import { characterSchema, metaspaceSchema } from '../metaspace_schema';
import { readPattern } from '../patterns/read_pattern';
import { ByteFallbackDecoder } from './byte_fallback_decoder';
import type { Decoder } from './decoder';
import { DecoderSequence } from './decoder_sequence';
import { FuseDecoder } from './fuse_decoder';
import { MetaspaceDecoder } from './metaspace_decoder';
import { ReplaceDecoder } from './replace_decoder';
import { StripDecoder } from './strip_decoder';

const sequenceSchema = z.object({ decoders: z.array(z.unknown()) });
const replaceSchema = z.object({ pattern: z.unknown(), content: z.string() });
const stripSchema = z.object({
  content: characterSchema,
  start: z.int().nonnegative(),
  stop: z.int().nonnegative(),
});

const READERS: Readonly<Record<string, ComponentReader<Decoder>>> = {
  Sequence: (value, place) => {
    const { decoders } = parseAt(sequenceSchema, value, place);
    const list = placeWithin(place, 'decoders');
    return new DecoderSequence(decoders.map((part, index) => readDecoder(part, placeWithin(list, index))));
  },
  Metaspace: (value, place) => {
    const { replacement, prependScheme } = parseAt(metaspaceSchema, value, place);
    return new MetaspaceDecoder(replacement, prependScheme !== 'never');
  },
  Replace: (value, place) => {
    const { pattern, content } = parseAt(replaceSchema, value, place);
    return new ReplaceDecoder(readPattern(pattern, placeWithin(place, 'pattern')), content);
  },
  ByteFallback: () => new ByteFallbackDecoder(),
  Fuse: () => new FuseDecoder(),
  Strip: (value, place) => {
    const { content, start, stop } = parseAt(stripSchema, value, place);
    return new StripDecoder(content, start, stop);
  },
};

/**
 * Reads a decoder of `tokenizer.json`.
 *
 * @throws {TokenizerError} for a type that is not known, and for values that are not allowed.
 */
export function readDecoder(value: unknown, place: JsonPlace): Decoder {
  return readByType(READERS, 'decoder', value, place);
}
