import { TokenizerError } from '../errors';
import { TokenNumbering } from './token_numbering';
import type { TokenizerVocabulary } from './tokenizer_vocabulary';

/**
 * Texts to make a vocabulary smaller by; a function opens them anew for each of the two passes.
 *
 * A generator can be read once only: give a function that makes it.
 */
export type Corpus = Iterable<string> | AsyncIterable<string> | (() => Iterable<string> | AsyncIterable<string>);

/** Options of a tokenizer's `trim`. */
export interface TrimOptions {
  /** Tokens that stay though the corpus does not hold them, such as `▁great`, to fill a mask with; none by default. */
  readonly keep?: readonly string[];
  /** How often a token must come to stay, 1 by default. Texts with rarer ones are cut otherwise afterwards. */
  readonly minCount?: number;
  /** Whether the corpus is cut a second time, by the new tokenizer, and compared; true by default. */
  readonly verify?: boolean;
}

/** What became of a vocabulary. */
export interface TrimReport {
  /** Texts of the corpus. */
  readonly texts: number;
  /** Tokens of all texts, without special ones around them. */
  readonly tokens: number;
  /** Different tokens among them. */
  readonly usedTokens: number;
  /** Share of {@link tokens} that are still there: 1 unless `minCount` is above 1. */
  readonly coverage: number;
  /** Texts that hold a token that is gone, 0 unless `minCount` is above 1; undefined without `verify`. */
  readonly changedTexts: number | undefined;
  /** Length of the tokenizer before. */
  readonly tokensBefore: number;
  /** Length of the tokenizer afterwards. */
  readonly tokensAfter: number;
}

/** What `trim` makes of a tokenizer. */
export interface TrimmedTokenizer<Tokenizer> {
  readonly tokenizer: Tokenizer;
  /** Old ids by new id: the rows of the word embeddings that a model must keep. */
  readonly oldIds: readonly number[];
  readonly report: TrimReport;
}

/** What {@link trimTokenizer} has to know of a tokenizer. */
export interface TrimContext<Tokenizer> {
  readonly vocabulary: TokenizerVocabulary;
  /** Ids that must stay beside added tokens. */
  readonly indispensableIds: readonly number[];
  /** Ids of a text, without special tokens around them. */
  idsOf(text: string): number[];
  /** Makes the smaller tokenizer. */
  remake(numbering: TokenNumbering): Promise<{ readonly tokenizer: Tokenizer; idsOf(text: string): number[] }>;
}

/** How often a corpus holds each token. */
interface TokenCounts {
  readonly byId: ReadonlyMap<number, number>;
  readonly texts: number;
  readonly tokens: number;
}

/**
 * Makes a tokenizer smaller: what a corpus uses stays, and what any text needs.
 *
 * That the corpus is cut as before holds by itself. The way to cut a text that wins has only pieces that stay; every
 * other way is worth what it was or is gone. A character whose own piece is gone counts as unknown where it stands
 * alone, which is worth less than any piece. Rounded sums keep that order, since rounding does, and of equally good
 * ways the first still comes first. (Only where sums begin anew, beyond 100,000, can a way that is gone have had a
 * say.) The corpus is cut again nevertheless.
 *
 * For each piece in use the pieces of its single characters stay too: a text outside the corpus in the same letters
 * comes out in smaller pieces then, and not as unknown.
 *
 * @throws {TokenizerError} for a corpus without a token, or that cannot be read twice; for tokens to keep that do not
 *   exist; and when a text comes out otherwise.
 */
export async function trimTokenizer<Tokenizer>(
  corpus: Corpus,
  { keep = [], minCount = 1, verify = true }: TrimOptions,
  context: TrimContext<Tokenizer>,
): Promise<TrimmedTokenizer<Tokenizer>> {
  const { vocabulary } = context;
  requireMinCount(minCount);
  requireTokens(keep, vocabulary);
  requireTexts(corpus);
  if (verify) requireTwoPasses(corpus);
  const counts = await countTokens(corpus, context);
  const kept = tokensToKeep(counts.byId, { keep, minCount }, context);
  const numbering = new TokenNumbering(kept, vocabulary.vocabSize);
  const { tokenizer, idsOf } = await context.remake(numbering);
  const changedTexts = verify ? await compare(corpus, counts.texts, numbering, context.idsOf, idsOf) : undefined;
  const covered = [...counts.byId].reduce((sum, [id, count]) => sum + (kept.has(id) ? count : 0), 0);
  return {
    tokenizer,
    oldIds: numbering.oldIds,
    report: {
      texts: counts.texts,
      tokens: counts.tokens,
      usedTokens: counts.byId.size,
      coverage: covered / counts.tokens,
      changedTexts,
      tokensBefore: vocabulary.length,
      tokensAfter: numbering.oldIds.length,
    },
  };
}

function requireMinCount(minCount: number): void {
  if (Number.isInteger(minCount) && minCount >= 1) return;
  throw new TokenizerError(
    `Option minCount must be a whole number of at least 1, received ${minCount}; leave it out to keep every token in use.`,
    { path: 'minCount', expected: 'a whole number of at least 1', received: minCount },
  );
}

function requireTokens(keep: readonly string[], vocabulary: TokenizerVocabulary): void {
  const unknown = keep.find((token) => !vocabulary.has(token));
  if (unknown === undefined) return;
  throw new TokenizerError(
    `Tokens to keep must be in the vocabulary, received ${JSON.stringify(unknown)}, which is not; look tokens up by tokenize (a word begins with ▁).`,
    { path: 'keep', expected: 'tokens of the vocabulary', received: unknown },
  );
}

/** A string can be iterated too, by characters. */
function requireTexts(corpus: Corpus): void {
  if (typeof corpus !== 'string') return;
  throw new TokenizerError('The corpus must be a list of texts or a function that gives them, received one text.', {
    path: 'corpus',
    expected: 'a list of texts',
    received: corpus,
  });
}

/** Refuses what is its own iterator, which only generators and the like are. */
function requireTwoPasses(corpus: Corpus): void {
  if (typeof corpus === 'function') return;
  const isUsedUp =
    Symbol.asyncIterator in corpus
      ? (corpus[Symbol.asyncIterator]() as unknown) === corpus
      : (corpus[Symbol.iterator]() as unknown) === corpus;
  if (!isUsedUp) return;
  throw new TokenizerError(
    'The corpus must be readable twice, and a generator is not; pass a function that makes it, or verify: false.',
    { path: 'corpus', expected: 'a list, or a function' },
  );
}

async function* textsOf(corpus: Corpus): AsyncGenerator<string> {
  let number = 0;
  for await (const text of typeof corpus === 'function' ? corpus() : corpus) {
    number++;
    if (typeof text !== 'string') {
      throw new TokenizerError(
        `The corpus must hold texts, received ${text === null ? 'null' : `a ${typeof text}`} as number ${number}; map it to strings.`,
        { path: 'corpus', expected: 'strings', received: text },
      );
    }
    yield text;
  }
}

async function countTokens(corpus: Corpus, { idsOf }: Pick<TrimContext<unknown>, 'idsOf'>): Promise<TokenCounts> {
  const byId = new Map<number, number>();
  let texts = 0;
  let tokens = 0;
  for await (const text of textsOf(corpus)) {
    const ids = idsOf(text);
    for (const id of ids) byId.set(id, (byId.get(id) ?? 0) + 1);
    texts++;
    tokens += ids.length;
  }
  if (tokens > 0) return { byId, texts, tokens };
  throw new TokenizerError(
    `The corpus must hold at least one token, received ${texts} texts without any; give texts of the kind the model is for.`,
    { path: 'corpus', expected: 'texts', received: texts },
  );
}

function tokensToKeep(
  counts: ReadonlyMap<number, number>,
  { keep, minCount }: Required<Pick<TrimOptions, 'keep' | 'minCount'>>,
  { vocabulary, indispensableIds }: TrimContext<unknown>,
): Set<number> {
  const { addedTokens, model, vocabSize } = vocabulary;
  const stray = indispensableIds.find((id) => id >= vocabSize && !addedTokens.has(id));
  if (stray !== undefined) {
    throw new TokenizerError(
      `The tokenizer must put tokens of its own around texts, and names the id ${stray}, which no token has; correct tokenizer.json.`,
      { path: 'tokenizer.json', expected: 'the id of a token', received: stray },
    );
  }
  const kept = new Set([...indispensableIds, ...addedTokens.keys(), model.unkId]);
  // The piece of an added token, which may have another id, can be what the engine finds.
  for (const { content } of addedTokens.values()) if (model.has(content)) kept.add(model.idOf(content));
  const ordinary = [...counts.keys()].filter((id) => id < vocabSize && !kept.has(id));
  for (const [id, count] of counts) if (count >= minCount) kept.add(id);
  for (const token of keep) kept.add(vocabulary.idOf(token));
  for (const id of ordinary) {
    for (const character of model.pieces[id]!) if (model.has(character)) kept.add(model.idOf(character));
  }
  return kept;
}

/** Cuts the corpus again. @returns how many texts hold a token that is gone. */
async function compare(
  corpus: Corpus,
  texts: number,
  numbering: TokenNumbering,
  before: (text: string) => number[],
  now: (text: string) => number[],
): Promise<number> {
  let number = 0;
  let changed = 0;
  for await (const text of textsOf(corpus)) {
    number++;
    const expected = numbering.newIdsOf(before(text));
    if (expected === undefined) changed++;
    else requireSameIds(expected, now(text), text, number);
  }
  if (number === texts) return changed;
  throw new TokenizerError(
    `The corpus must give the same texts twice, received ${texts} texts first and then ${number}; pass a list, or a function that opens it anew.`,
    { path: 'corpus', expected: texts, received: number },
  );
}

function requireSameIds(expected: readonly number[], received: readonly number[], text: string, number: number): void {
  if (expected.length === received.length && expected.every((id, index) => id === received[index])) return;
  const beginning = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  throw new TokenizerError(
    `Text ${number} of the corpus, ${JSON.stringify(beginning)}, must be cut as before and is not; report it, and leave it out meanwhile.`,
    { path: `corpus[${number - 1}]`, expected, received },
  );
}

/** Characters of a text in an error message. */
const LONGEST_QUOTE = 80;
