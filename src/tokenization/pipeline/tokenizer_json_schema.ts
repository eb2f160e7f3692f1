import { z } from 'zod';
import { addedToken } from '../added_token';
import { type JsonPlace, parseAt, placeWithin, wrongValue } from './json_place';
import type { UnigramVocabulary } from './unigram_model';

const count = z.int().nonnegative();
const direction = z.enum(['Left', 'Right']);

const addedTokenSchema = z
  .object({
    id: count,
    content: z.string(),
    single_word: z.boolean(),
    lstrip: z.boolean(),
    rstrip: z.boolean(),
    normalized: z.boolean(),
    special: z.boolean(),
  })
  .transform(({ id, content, single_word: singleWord, ...properties }) => ({
    id,
    token: addedToken(content, { ...properties, singleWord }),
  }));

const truncationSchema = z
  .object({
    direction: direction.default('Right'),
    max_length: count,
    strategy: z.enum(['LongestFirst', 'OnlyFirst', 'OnlySecond']),
    stride: count,
  })
  .transform(({ max_length: maxLength, ...settings }) => ({ ...settings, maxLength }));

const paddingSchema = z
  .object({
    strategy: z.union([z.literal('BatchLongest'), z.strictObject({ Fixed: count })]),
    direction,
    pad_to_multiple_of: count.nullish(),
    pad_id: count,
    pad_type_id: count,
    pad_token: z.string(),
  })
  .transform(({ strategy, direction, pad_to_multiple_of, pad_id, pad_type_id, pad_token }) => ({
    /** Undefined for that of the longest row. */
    length: strategy === 'BatchLongest' ? undefined : strategy.Fixed,
    direction,
    padToMultipleOf: pad_to_multiple_of ?? undefined,
    padId: pad_id,
    padTypeId: pad_type_id,
    padToken: pad_token,
  }));

/** The parts of `tokenizer.json`; components are looked at one by one, by their types. */
export const tokenizerJsonSchema = z.object({
  version: z.literal('1.0').optional(),
  truncation: truncationSchema.nullish(),
  padding: paddingSchema.nullish(),
  added_tokens: z.array(addedTokenSchema).default([]),
  normalizer: z.unknown().optional(),
  pre_tokenizer: z.unknown().optional(),
  post_processor: z.unknown().optional(),
  decoder: z.unknown().optional(),
  model: z.looseObject({ type: z.string().optional() }),
});

/** Truncation that a file asks for. */
export type StoredTruncation = z.output<typeof truncationSchema>;

/** Padding that a file asks for. */
export type StoredPadding = z.output<typeof paddingSchema>;

const unigramSchema = z.object({
  vocab: z.custom<readonly unknown[]>(Array.isArray, 'expected the list of pieces and scores of a Unigram model'),
  unk_id: count,
  byte_fallback: z.boolean().default(false),
});

/**
 * Reads the model of `tokenizer.json`.
 *
 * The vocabulary is checked by hand, since it has up to hundreds of thousands of entries.
 *
 * @throws {TokenizerError} for another model than Unigram, and for a vocabulary that is not as it must be.
 */
export function readUnigram(value: { readonly type?: string | undefined }, place: JsonPlace): UnigramVocabulary {
  if (value.type !== undefined && value.type !== 'Unigram') {
    throw wrongValue(
      placeWithin(place, 'type'),
      `expected Unigram, received ${JSON.stringify(value.type.slice(0, 100))}`,
    );
  }
  const { vocab, unk_id: unkId, byte_fallback: byteFallback } = parseAt(unigramSchema, value, place);
  if (unkId >= vocab.length) {
    throw wrongValue(
      placeWithin(place, 'unk_id'),
      `expected the id of one of ${vocab.length} pieces, received ${unkId}`,
    );
  }
  const pieces: string[] = [];
  const scores = new Float64Array(vocab.length);
  for (let index = 0; index < vocab.length; index++) {
    const entry = vocab[index];
    if (!isPieceAndScore(entry)) {
      throw wrongValue(placeWithin(placeWithin(place, 'vocab'), index), 'expected a piece and a finite score');
    }
    pieces.push(entry[0]);
    scores[index] = entry[1];
  }
  return { pieces, scores, unkId, byteFallback };
}

function isPieceAndScore(entry: unknown): entry is readonly [string, number] {
  return Array.isArray(entry) && entry.length === 2 && typeof entry[0] === 'string' && Number.isFinite(entry[1]);
}
