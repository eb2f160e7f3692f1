import { z } from 'zod';
import { type ComponentReader, type JsonPlace, parseAt, placeWithin, readByType } from '../json_place';
import { metaspaceSchema } from '../metaspace_schema';
import { regExpMatches } from '../patterns/find_matches';
import { readPattern } from '../patterns/read_pattern';
import { MetaspacePreTokenizer } from './metaspace_pre_tokenizer';
import type { PreTokenizer } from './pre_tokenizer';
import { PreTokenizerSequence } from './pre_tokenizer_sequence';
import { findPunctuation } from './punctuation';
import { SPLIT_BEHAVIORS } from './split_behavior';
import { SplitPreTokenizer } from './split_pre_tokenizer';

const behavior = z.enum(SPLIT_BEHAVIORS);
const sequenceSchema = z.object({ pretokenizers: z.array(z.unknown()) });
const punctuationSchema = z.object({ behavior: behavior.default('Isolated') });
const splitSchema = z.object({ pattern: z.unknown(), behavior, invert: z.boolean() });
const digitsSchema = z.object({ individual_digits: z.boolean() });

const findWhiteSpace = regExpMatches(/\p{White_Space}/gu);
const findNumbers = regExpMatches(/\p{N}/gu);
/** Words and runs of signs: `\w+|[^\w\s]+` of Rust's regular expressions. */
const findWords = regExpMatches(
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu,
);

const READERS: Readonly<Record<string, ComponentReader<PreTokenizer>>> = {
  Sequence: (value, place) => {
    const { pretokenizers } = parseAt(sequenceSchema, value, place);
    const list = placeWithin(place, 'pretokenizers');
    return new PreTokenizerSequence(
      pretokenizers.map((part, index) => readPreTokenizer(part, placeWithin(list, index))),
    );
  },
  Metaspace: (value, place) => {
    const { replacement, prependScheme, split } = parseAt(metaspaceSchema, value, place);
    return new MetaspacePreTokenizer(replacement, prependScheme, split);
  },
  Punctuation: (value, place) =>
    new SplitPreTokenizer(findPunctuation, parseAt(punctuationSchema, value, place).behavior),
  Split: (value, place) => {
    const { pattern, behavior, invert } = parseAt(splitSchema, value, place);
    return new SplitPreTokenizer(readPattern(pattern, placeWithin(place, 'pattern')), behavior, invert);
  },
  Whitespace: () => new SplitPreTokenizer(findWords, 'Removed', true),
  WhitespaceSplit: () => new SplitPreTokenizer(findWhiteSpace, 'Removed'),
  Digits: (value, place) => {
    const { individual_digits: isIndividual } = parseAt(digitsSchema, value, place);
    return new SplitPreTokenizer(findNumbers, isIndividual ? 'Isolated' : 'Contiguous');
  },
};

/**
 * Reads a pre-tokenizer of `tokenizer.json`.
 *
 * @throws {TokenizerError} for a type that is not known, and for values that are not allowed.
 */
export function readPreTokenizer(value: unknown, place: JsonPlace): PreTokenizer {
  return readByType(READERS, 'pre-tokenizer', value, place);
}
