import { DebertaV2Tokenizer, DebertaV2TokenizerFast } from '../../src/index';

/** Ways of making a tokenizer that work without files. */
export const TOKENIZER_KINDS = [
  'DebertaV2Tokenizer.fromModel',
  'DebertaV2TokenizerFast.fromModel',
  "DebertaV2TokenizerFast.fromModel, algorithm 'fast'",
  'DebertaV2TokenizerFast.fromJson',
] as const;

export type TokenizerKind = (typeof TOKENIZER_KINDS)[number];

/** Both formats of a vocabulary. */
export interface VocabularyFiles {
  /** `spm.model`. */
  readonly model: Uint8Array;
  /** `tokenizer.json`, parsed. */
  readonly json: unknown;
}

/** Ids of each text, and, except for the slow tokenizer, beginning and end of each token. */
export interface EncodedTexts {
  readonly ids: number[][];
  readonly offsets: [start: number, end: number][][];
}

/** Encodes texts; it runs in Node and in a page, and both must give the same. */
export async function encodeTexts(
  kind: TokenizerKind,
  { model, json }: VocabularyFiles,
  texts: readonly string[],
): Promise<EncodedTexts> {
  if (kind === 'DebertaV2Tokenizer.fromModel') {
    const tokenizer = await DebertaV2Tokenizer.fromModel(model);
    return { ids: tokenizer.call(texts).input_ids, offsets: [] };
  }
  const tokenizer = await openFast(kind, model, json);
  const { input_ids: ids, offset_mapping: offsets } = tokenizer.call(texts, { returnOffsetsMapping: true });
  return { ids, offsets: offsets! };
}

async function openFast(
  kind: Exclude<TokenizerKind, 'DebertaV2Tokenizer.fromModel'>,
  model: Uint8Array,
  json: unknown,
): Promise<DebertaV2TokenizerFast> {
  if (kind === 'DebertaV2TokenizerFast.fromJson') return DebertaV2TokenizerFast.fromJson(json);
  const algorithm = kind === 'DebertaV2TokenizerFast.fromModel' ? 'slow' : 'fast';
  return DebertaV2TokenizerFast.fromModel(model, { algorithm });
}
