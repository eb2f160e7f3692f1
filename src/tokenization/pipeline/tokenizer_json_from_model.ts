import { type AddedToken, addedToken } from '../added_token';
import { PieceType } from '../sentencepiece/model_proto';
import type { SentencePieceModel } from '../sentencepiece/sentencepiece_model';
import { encodeBase64 } from './base64';

/** How the tokenizer is to be written. */
export interface TokenizerJsonSettings {
  /**
   * `'fast'`: what the reference makes of a SentencePiece model. `'slow'`: what comes nearest to its slow class, with byte
   * fallback where the model has it.
   */
  readonly algorithm: 'slow' | 'fast';
  /** Whether text is lower-cased. */
  readonly doLowerCase: boolean;
  /** Whether text is cut at punctuation. */
  readonly splitByPunct: boolean;
  /** Added tokens by id, special ones among them. */
  readonly addedTokens: ReadonlyMap<number, AddedToken>;
  /** Opens every text; `[CLS]`, which the reference writes whatever the tokenizer says, by default. */
  readonly clsToken?: TemplateToken | undefined;
  /** Closes every sequence; `[SEP]` by default. */
  readonly sepToken?: TemplateToken | undefined;
}

/** A special token of the template. */
export interface TemplateToken {
  readonly content: string;
  readonly id: number;
}

/** A `tokenizer.json`, ready to be written. */
export type TokenizerJson = Readonly<Record<string, unknown>>;

const MARK = '\u2581';
/** Stands where a text is cut at punctuation until it has been normalized; no character, so that no text holds it. */
const CUT = '\uffff';
const PUNCTUATION = '[\\p{P}$+<=>^`|~]';
/** The slow class cuts at punctuation before anything is normalized. */
const AROUND_PUNCTUATION = {
  Regex: `(?<=${PUNCTUATION})|(?<=[^${PUNCTUATION.slice(1)})(?=${PUNCTUATION})`,
};
/** SentencePiece takes spaces off after it has normalized, and a mark at the end counts as one. */
const EXTRA_SPACES = [
  replace({ Regex: ' {2,}' }, ' '),
  replace({ Regex: String.raw`\A ` }, ''),
  replace({ Regex: `(?<![ ${MARK}])[ ${MARK}]+\\z` }, ''),
];
/** Takes one more than this from the worst score for every code unit of a piece that is never to be found. */
const UNKNOWN_PENALTY = 10;

/**
 * The `tokenizer.json` of a SentencePiece model.
 *
 * With `'fast'` it equals what `DebertaV2Converter` of transformers 4 writes. With `'slow'`, Hugging Face's Rust library
 * does with it what the slow class does, but for what it cannot do: it applies the character map to grapheme clusters,
 * sums scores by word and in double precision, finds no piece with a space inside, and normalizes the pieces that a user
 * defined. A model that puts `▁` behind words cannot be told to it at all.
 *
 * @example
 * await writeFile('tokenizer.json', JSON.stringify(tokenizerJsonFromModel(model, settings)));
 */
export function tokenizerJsonFromModel(model: SentencePieceModel, settings: TokenizerJsonSettings): TokenizerJson {
  const isSlow = settings.algorithm === 'slow';
  const hasByteFallback = isSlow && model.trainerSpec.byteFallback;
  const metaspace = { type: 'Metaspace', replacement: MARK, prepend_scheme: prependScheme(model, isSlow), split: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokensJson(model, settings),
    normalizer: {
      type: 'Sequence',
      normalizers: isSlow ? slowNormalizers(model, settings) : fastNormalizers(model, settings),
    },
    pre_tokenizer: { type: 'Sequence', pretokenizers: [...splitAtPunctuation(model, settings), metaspace] },
    post_processor: templateJson(model, settings),
    decoder: hasByteFallback ? { type: 'Sequence', decoders: [{ type: 'ByteFallback' }, metaspace] } : metaspace,
    model: {
      type: 'Unigram',
      unk_id: isSlow ? model.unkId : model.trainerSpec.unkId,
      vocab: isSlow ? slowVocabulary(model) : Array.from(model.pieces, (piece, id) => [piece, model.scores[id]!]),
      byte_fallback: hasByteFallback,
    },
  };
}

function prependScheme(model: SentencePieceModel, isSlow: boolean): 'always' | 'never' {
  return isSlow && !model.normalizerSpec.addDummyPrefix ? 'never' : 'always';
}

function addedTokensJson(model: SentencePieceModel, settings: TokenizerJsonSettings): object[] {
  const isSlow = settings.algorithm === 'slow';
  const tokens = new Map(isSlow ? [] : tokensOfModel(model));
  // The slow class looks for all but lower-cased tokens in the text as it was given.
  const isNormalized = (token: AddedToken) => token.normalized && (!isSlow || (settings.doLowerCase && !token.special));
  for (const [id, token] of settings.addedTokens) tokens.set(id, { ...token, normalized: isNormalized(token) });
  return [...tokens]
    .sort(([a], [b]) => a - b)
    .map(([id, { content, singleWord, lstrip, rstrip, normalized, special }]) => ({
      id,
      content,
      single_word: singleWord,
      lstrip,
      rstrip,
      normalized,
      special,
    }));
}

/** Pieces that the reference adds as tokens. */
function tokensOfModel({ pieces, types }: SentencePieceModel): [id: number, token: AddedToken][] {
  const { control, userDefined } = PieceType;
  return pieces.flatMap((piece, id) => {
    const isControl = types[id] === control;
    const isAdded = isControl || types[id] === userDefined;
    return isAdded ? [[id, addedToken(piece, { special: isControl, normalized: false })]] : [];
  });
}

function fastNormalizers(model: SentencePieceModel, { doLowerCase }: TokenizerJsonSettings): object[] {
  return [
    ...(doLowerCase ? [{ type: 'Lowercase' }] : []),
    { type: 'Strip', strip_left: true, strip_right: true },
    ...characterMap(model),
    replace({ Regex: ' {2,}' }, ' '),
  ];
}

/** What SentencePiece and the slow class do and the Rust library does not, told to it in patterns. */
function slowNormalizers(model: SentencePieceModel, { doLowerCase, splitByPunct }: TokenizerJsonSettings): object[] {
  return [
    ...(doLowerCase ? [{ type: 'Lowercase' }] : []),
    ...(splitByPunct ? [replace(AROUND_PUNCTUATION, CUT)] : []),
    ...(composes(model) ? [{ type: 'NFC' }] : []),
    ...characterMap(model),
    ...(model.normalizerSpec.removeExtraWhitespaces ? EXTRA_SPACES : []),
    ...(model.normalizerSpec.addDummyPrefix ? [replace({ Regex: `\\A${MARK}` }, MARK + MARK)] : []),
  ];
}

/**
 * Whether the character map makes one character of a letter and an accent.
 *
 * The Rust library, which looks for the shortest key, would drop the accent; so it must compose them before.
 */
function composes({ characterMap: map }: SentencePieceModel): boolean {
  return map?.longestMatch('e\u0301', 0) === 'é' && map.matchLength === 2;
}

function splitAtPunctuation(model: SentencePieceModel, { algorithm, splitByPunct }: TokenizerJsonSettings): object[] {
  if (!splitByPunct) return [];
  if (algorithm === 'fast') return [{ type: 'Punctuation', behavior: 'Isolated' }];
  const space = model.normalizerSpec.removeExtraWhitespaces ? ' ?' : '';
  return [{ type: 'Split', pattern: { Regex: space + CUT + space }, behavior: 'Removed', invert: false }];
}

function characterMap({ normalizerSpec }: SentencePieceModel): object[] {
  const { precompiledCharsmap } = normalizerSpec;
  if (precompiledCharsmap.length === 0) return [];
  return [{ type: 'Precompiled', precompiled_charsmap: encodeBase64(precompiledCharsmap) }];
}

function replace(pattern: object, content: string): object {
  return { type: 'Replace', pattern, content };
}

function templateJson(model: SentencePieceModel, settings: TokenizerJsonSettings): object {
  const cls = settings.clsToken ?? { content: '[CLS]', id: model.idOf('[CLS]') };
  const sep = settings.sepToken ?? { content: '[SEP]', id: model.idOf('[SEP]') };
  const special = ({ content }: TemplateToken, typeId: number) => ({ SpecialToken: { id: content, type_id: typeId } });
  const sequence = (id: 'A' | 'B', typeId: number) => ({ Sequence: { id, type_id: typeId } });
  const single = [special(cls, 0), sequence('A', 0), special(sep, 0)];
  return {
    type: 'TemplateProcessing',
    single,
    pair: [...single, sequence('B', 1), special(sep, 1)],
    special_tokens: Object.fromEntries(
      [cls, sep].map(({ content, id }) => [content, { id: content, ids: [id], tokens: [content] }]),
    ),
  };
}

/**
 * Pieces and scores such that the Rust library, which knows no types of pieces, treats each as SentencePiece does: user
 * defined ones always win, control, byte, unknown and unused ones are never taken.
 */
function slowVocabulary(model: SentencePieceModel): (readonly [piece: string, score: number])[] {
  const { pieces, scores, types } = model;
  let least = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (const [id, score] of scores.entries()) {
    if (types[id] !== PieceType.normal) continue;
    least = Math.min(least, score);
    largest = Math.max(largest, score);
  }
  const utf8 = new TextEncoder();
  const scoreOf = (piece: string, id: number): number => {
    if (types[id] === PieceType.normal) return scores[id]!;
    if (types[id] === PieceType.userDefined) return utf8.encode(piece).length * largest - 0.1;
    return (piece.length + 1) * (least - UNKNOWN_PENALTY);
  };
  return pieces.map((piece, id) => [piece, scoreOf(piece, id)]);
}
