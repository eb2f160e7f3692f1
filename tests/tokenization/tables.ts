import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The SentencePiece models of the fixtures. */
export const MODELS = ['plain', 'byte_fallback'] as const;

/** One of {@link MODELS}. */
export type ModelName = (typeof MODELS)[number];

/** What the reference does with one text. */
export interface TokenizeRecord {
  settings: { do_lower_case?: boolean; split_by_punct?: boolean };
  text: string;
  tokens: string[];
  ids: number[];
  decoded: string;
  decoded_skip_special_tokens: string;
  decoded_clean_up: string;
}

/** What the reference's methods about special tokens return. */
export interface MethodRecord {
  token_ids_0: number[];
  token_ids_1?: number[] | null;
  already_has_special_tokens?: boolean;
  build_inputs_with_special_tokens?: number[];
  get_special_tokens_mask: number[];
  create_token_type_ids_from_sequences?: number[];
  num_special_tokens_to_add?: number;
}

/** What calling the reference returns, or the error it raises. */
export interface CallRecord {
  text: string | string[] | string[][];
  text_pair: string | string[] | null;
  options: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: string;
}

/** What Hugging Face's DebertaV2Tokenizer (the slow class) does with a model. */
export interface Tables {
  reference: string;
  vocab_size: number;
  length: number;
  special_ids: Record<'pad' | 'cls' | 'sep' | 'unk' | 'mask' | 'bos' | 'eos', number>;
  all_special_ids: number[];
  tokenize: TokenizeRecord[];
  methods: MethodRecord[];
  calls: CallRecord[];
}

/** Path of a fixture's folder. */
export function fixtureFolder(name: ModelName): string {
  return join(__dirname, '..', 'fixtures', 'tokenizer', name);
}

/** Content of a fixture's `spm.model`. */
export function modelBytes(name: ModelName): Uint8Array {
  return readFileSync(join(fixtureFolder(name), 'spm.model'));
}

/** A fixture's tables. */
export function readTables(name: ModelName): Tables {
  return JSON.parse(readFileSync(join(fixtureFolder(name), 'tables.json'), 'utf8')) as Tables;
}
