import type { AddedToken } from '../added_token';
import { codePointWidth } from './code_point_width';
import { NormalizedString } from './normalized_string';
import type { Normalizer } from './normalizers/normalizer';
import { SplitList } from './split_list';
import { TokenMatcher } from './token_matcher';
import { whiteSpaceEnd, whiteSpaceStart } from './white_space_edges';

const WORD = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;

/** What added tokens are added to. */
export interface AddedVocabularyBase {
  /** Number of tokens of the model. */
  readonly size: number;
  /** Id of a token of the model; undefined when it has none. */
  readonly idOf: (token: string) => number | undefined;
  readonly normalizer: Normalizer | undefined;
}

/**
 * Tokens added to a model, and how they are found in a text: as `AddedVocabulary` of Hugging Face's Rust library does.
 *
 * Does not change; {@link with} makes a larger one.
 */
export class AddedVocabulary {
  /** By id, in the order of the ids. */
  readonly tokens: ReadonlyMap<number, AddedToken>;
  readonly ids: ReadonlyMap<string, number>;
  readonly #base: AddedVocabularyBase;
  readonly #splitsSpecial: boolean;
  /** What the normalizer makes of a token, where that is something else. */
  readonly #normalized: ReadonlyMap<number, string>;
  readonly #inGiven: TokenMatcher;
  readonly #inNormalized: TokenMatcher;
  readonly #special: ReadonlySet<string>;

  private constructor(
    base: AddedVocabularyBase,
    tokens: ReadonlyMap<number, AddedToken>,
    ids: ReadonlyMap<string, number>,
    splitsSpecial: boolean,
  ) {
    this.#base = base;
    this.#splitsSpecial = splitsSpecial;
    this.tokens = new Map([...tokens].sort(([a], [b]) => a - b));
    this.ids = ids;
    this.#special = new Set([...tokens.values()].filter(({ special }) => special).map(({ content }) => content));
    this.#normalized = normalizedContents(this.tokens, base.normalizer);
    const entries = [...this.tokens];
    this.#inGiven = new TokenMatcher(entries.filter(([, token]) => !token.normalized).map(contentAndId));
    this.#inNormalized = new TokenMatcher(
      entries
        .filter(([, token]) => token.normalized)
        .map(([id, token]) => [this.#normalized.get(id) ?? token.content, id]),
    );
  }

  /** A vocabulary without added tokens. */
  static empty(base: AddedVocabularyBase): AddedVocabulary {
    return new AddedVocabulary(base, new Map(), new Map(), false);
  }

  /** The vocabulary with more tokens; one that is known by its text gets that id, others get the next free ones. */
  with(added: Iterable<AddedToken>): AddedVocabulary {
    const { size, idOf } = this.#base;
    const tokens = new Map(this.tokens);
    const ids = new Map(this.ids);
    let next = size;
    for (const id of tokens.keys()) next = Math.max(next, id + 1);
    for (const token of added) {
      if (token.content === '') continue;
      const id = ids.get(token.content) ?? idOf(token.content) ?? next++;
      ids.set(token.content, id);
      tokens.set(id, token);
    }
    return new AddedVocabulary(this.#base, tokens, ids, this.#splitsSpecial);
  }

  /** The vocabulary as it is, where special tokens in a text are ordinary text or not. */
  withSpecialTokensSplit(splitsSpecial: boolean): AddedVocabulary {
    return new AddedVocabulary(this.#base, this.tokens, this.ids, splitsSpecial);
  }

  /** Text that a token is decoded to: as it was added, though it may be looked for in normalized text. */
  decodedText(id: number): string | undefined {
    return this.tokens.get(id)?.content;
  }

  /** Whether a token of this text is special. */
  isSpecial(token: string): boolean {
    return this.#special.has(token);
  }

  /** Normalizes a text and cuts added tokens out of it, those that are not normalized before that. */
  extract(text: string): SplitList {
    const given = new SplitList();
    this.#split(NormalizedString.from(text), this.#inGiven, given);
    const { normalizer } = this.#base;
    return given.splitEach((part, splits) => {
      const normalized = normalizer === undefined ? part : normalizer.normalize(part);
      this.#split(normalized, this.#inNormalized, splits);
    });
  }

  #split(part: NormalizedString, matcher: TokenMatcher, splits: SplitList): void {
    const { text } = part;
    let rest = 0;
    for (let found = matcher.next(text, 0); found !== undefined; found = matcher.next(text, found.end)) {
      const token = this.tokens.get(found.id)!;
      if (this.#splitsSpecial && this.#special.has(token.content)) continue;
      if (token.singleWord && !standsAlone(text, found.start, found.end)) continue;
      const start = token.lstrip ? Math.max(rest, whiteSpaceStart(text, found.start, rest)) : found.start;
      const end = token.rstrip ? whiteSpaceEnd(text, found.end) : found.end;
      if (rest < start) splits.push(part, rest, start);
      splits.push(part, start, end, found.id);
      rest = end;
    }
    splits.push(part, rest, text.length);
  }
}

function contentAndId([id, token]: readonly [number, AddedToken]): readonly [string, number] {
  return [token.content, id];
}

function normalizedContents(
  tokens: ReadonlyMap<number, AddedToken>,
  normalizer: Normalizer | undefined,
): ReadonlyMap<number, string> {
  const contents = new Map<number, string>();
  if (normalizer === undefined) return contents;
  for (const [id, token] of tokens) {
    if (!token.normalized) continue;
    const { text } = normalizer.normalize(NormalizedString.from(token.content));
    if (text !== token.content) contents.set(id, text);
  }
  return contents;
}

/** Whether no letter, digit or the like stands next to a stretch of text. */
function standsAlone(text: string, start: number, end: number): boolean {
  const hasPair = start > 1 && codePointWidth(text, start - 2) === 2;
  const before = text.slice(hasPair ? start - 2 : start - 1, start);
  const after = text.slice(end, end + codePointWidth(text, end));
  return (start === 0 || !WORD.test(before)) && !WORD.test(after);
}
