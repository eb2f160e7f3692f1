import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SentencePieceModel } from '../../src/tokenization/sentencepiece/sentencepiece_model';

/** The SentencePiece models whose tables hold methods and calls too. */
export const MODELS = ['plain', 'byte_fallback'] as const;

/** All models that Hugging Face's tokenizer classes were run with. */
export const ALL_MODELS = [...MODELS, 'multilingual', 'lower_cased'] as const;

/** Models with what DeBERTa's never have, read by SentencePiece alone. */
export const RAW_MODELS = ['symbols', 'suffix', 'bare'] as const;

/** One of {@link MODELS}. */
export type ModelName = (typeof MODELS)[number];

/** One of {@link ALL_MODELS}. */
export type AnyModelName = (typeof ALL_MODELS)[number];

/** One of {@link RAW_MODELS}. */
export type RawModelName = (typeof RAW_MODELS)[number];

/** How a tokenizer was made. */
export interface RecordedSettings {
  do_lower_case?: boolean;
  split_by_punct?: boolean;
}

/** What the reference's slow class does with one text. */
export interface TokenizeRecord {
  settings: RecordedSettings;
  text: string;
  tokens: string[];
  ids: number[];
  decoded: string;
  decoded_skip_special_tokens: string;
  decoded_clean_up: string;
}

/** What the reference's fast class does with one text, no special tokens added; positions count UTF-16 code units. */
export interface FastRecord {
  text: string;
  tokens: string[];
  ids: number[];
  decoded: string;
  offsets: [start: number, end: number][];
  words: number[];
}

/** What both classes do with the texts under one setting; a text has the same place in both lists. */
export interface SettingTable {
  settings: RecordedSettings;
  slow: TokenizeRecord[];
  fast: FastRecord[];
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

/** The same of the fast class, with the word and the sequence of each token of each row. */
export interface FastCallRecord extends Omit<CallRecord, 'text_pair'> {
  text_pair: string | string[] | string[][] | null;
  rows?: { words: (number | null)[]; sequences: (number | null)[] }[];
}

type Span = [start: number, end: number] | null;

/** Every position map of one encoding; lists by sequence, then by word or UTF-16 code unit, or by token. */
export interface PositionRecord {
  text: string | string[];
  text_pair: string | string[] | null;
  options: Record<string, unknown>;
  tokens: string[];
  word_ids: (number | null)[];
  sequence_ids: (number | null)[];
  token_to_sequence: (number | null)[];
  token_to_word: (number | null)[];
  token_to_chars: Span[];
  word_to_tokens: Span[][];
  word_to_chars: Span[][];
  char_to_token: (number | null)[][];
  char_to_word: (number | null)[][];
}

/** What Hugging Face's DebertaV2Tokenizer and DebertaV2TokenizerFast do with a model. */
export interface Tables {
  reference: string;
  vocab_size: number;
  length: number;
  special_ids: Record<'pad' | 'cls' | 'sep' | 'unk' | 'mask' | 'bos' | 'eos', number>;
  all_special_ids: number[];
  /** Both classes, by setting; the first is the model's own. */
  bySetting: SettingTable[];
  /** The records of the slow class under every setting. */
  tokenize: TokenizeRecord[];
  methods: MethodRecord[];
  calls: CallRecord[];
  /** Of `plain` alone, as the position maps. */
  fast_calls: FastCallRecord[];
  positions: PositionRecord[];
}

/** What SentencePiece itself makes of a text. */
export interface RawRecord {
  text: string;
  pieces: string[];
  ids: number[];
  normalized: string;
}

/** The tables of SentencePiece itself. */
export interface RawTables {
  /** The user-defined pieces that `plain_with_added` has and `plain` has not. */
  added: string[];
  /** Records by model. */
  models: Record<RawModelName | 'plain', RawRecord[]> & { plain_with_added: RawRecord[] };
}

/** Path of a fixture's folder. */
export function fixtureFolder(name: AnyModelName | RawModelName): string {
  return join(FOLDER, name);
}

/** Content of a fixture's `spm.model`. */
export function modelBytes(name: AnyModelName | RawModelName): Uint8Array {
  return readFileSync(join(fixtureFolder(name), 'spm.model'));
}

/** The texts of the tables: those of every setting, and those of each model's first setting alone. */
export function readTexts(): { shared: string[]; more: string[] } {
  return readJson('texts.json');
}

/** A fixture's tables, with what the file leaves out put back (see `tests/reference/tokenizer_records.py`). */
export function readTables(name: AnyModelName): Tables {
  const { tables, ...others } = readJson<Omit<Tables, 'bySetting' | 'tokenize'> & { tables: CompactTable[] }>(
    `${name}/tables.json`,
  );
  const { shared, more } = readTexts();
  const texts = [...shared, ...more];
  const pieces = [...SentencePieceModel.fromBytes(modelBytes(name)).pieces, '[MASK]'];
  const bySetting = tables.map(({ settings, slow, fast }) => {
    const slowRecords = slow.map((row, index) => ({ settings, ...expandSlow(row, texts[index]!, pieces) }));
    const fastRecords = fast.map((row, index) => expandFast(row, slow[index]!, texts[index]!, pieces));
    return { settings, slow: slowRecords, fast: fastRecords };
  });
  return { ...others, bySetting, tokenize: bySetting.flatMap(({ slow }) => slow) };
}

/** The tables of SentencePiece itself. */
export function readRawTables(): RawTables {
  const { added, texts, models } = readJson<CompactRawTables>('sentencepiece.json');
  const { shared, more } = readTexts();
  const expand = (name: string, vocabulary: AnyModelName | RawModelName, own: string[]) => {
    const pieces = SentencePieceModel.fromBytes(modelBytes(vocabulary)).pieces;
    const extended = name === 'plain_with_added' ? [...pieces, ...added] : pieces;
    return models[name]!.map(({ ids, unknown, normalized }, index) => {
      const text = own[index]!;
      return {
        text,
        ids,
        pieces: tokensOf(ids, unknown, extended),
        normalized: normalized ?? ` ${text}`.replaceAll(' ', '▁'),
      };
    });
  };
  const own = [...shared, ...texts];
  return {
    added,
    models: {
      plain: expand('plain', 'plain', [...shared, ...more]),
      symbols: expand('symbols', 'symbols', own),
      suffix: expand('suffix', 'suffix', own),
      bare: expand('bare', 'bare', own),
      plain_with_added: expand('plain_with_added', 'plain', own),
    },
  };
}

const FOLDER = join(__dirname, '..', 'fixtures', 'tokenizer');
const UNK_ID = 3;

interface SlowRow {
  ids: number[];
  unknown?: string[];
  decoded?: string;
  whole?: string;
  clean?: string;
}

interface FastRow extends Partial<SlowRow> {
  spans: string;
  words: string;
}

interface CompactTable {
  settings: RecordedSettings;
  slow: SlowRow[];
  fast: FastRow[];
}

interface CompactRawTables {
  added: string[];
  texts: string[];
  models: Record<string, { ids: number[]; unknown?: string[]; normalized?: string }[]>;
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(FOLDER, path), 'utf8')) as T;
}

function expandSlow(row: SlowRow, text: string, pieces: readonly string[]): Omit<TokenizeRecord, 'settings'> {
  const decoded = row.decoded ?? text;
  return {
    text,
    tokens: tokensOf(row.ids, row.unknown, pieces),
    ids: [pieces.indexOf('[CLS]'), ...row.ids, pieces.indexOf('[SEP]')],
    decoded: row.whole ?? `[CLS] ${decoded}[SEP]`,
    decoded_skip_special_tokens: decoded,
    decoded_clean_up: row.clean ?? decoded,
  };
}

function expandFast(row: FastRow, slow: SlowRow, text: string, pieces: readonly string[]): FastRecord {
  const ids = row.ids ?? slow.ids;
  let end = 0;
  const offsets =
    row.spans === ''
      ? []
      : row.spans.split(' ').map((span): [number, number] => {
          const [length, gap = 0] = span.split(':').map(Number).reverse();
          const start = end + gap;
          end = start + length!;
          return [start, end];
        });
  let word = -1;
  return {
    text,
    ids,
    tokens: tokensOf(ids, row.unknown ?? slow.unknown, pieces),
    decoded: row.decoded ?? slow.decoded ?? text,
    offsets,
    words: [...row.words].map((step) => {
      word += Number(step);
      return word;
    }),
  };
}

function tokensOf(ids: readonly number[], unknown: readonly string[] = [], pieces: readonly string[]): string[] {
  let seen = 0;
  return ids.map((id) => (id === UNK_ID ? unknown[seen++]! : pieces[id]!));
}
