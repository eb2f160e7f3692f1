import { TokenizerError } from '../errors';
import type { AddedToken } from './added_token';
import {
  listSpecialTokens,
  resolveSpecialTokens,
  type SpecialTokenOptions,
  type SpecialTokens,
} from './special_tokens';

/** The pieces of a model by id: those of a SentencePiece model or of a `tokenizer.json`. */
export interface PieceVocabulary {
  /** Pieces by id. */
  readonly pieces: readonly string[];
  /** Id of the piece that stands for everything unknown. */
  readonly unkId: number;
  /** Id of a piece, or {@link unkId} when there is no such piece. */
  idOf(piece: string): number;
  has(piece: string): boolean;
}

/**
 * Tokens and ids of a tokenizer: the pieces of its model, and the tokens added to them.
 *
 * A special token that the model lacks gets the first free id, as `[MASK]` does with the published models. Tokens
 * and ids mean what they mean to `PreTrainedTokenizer` of the reference. Does not change: {@link addToVocabulary} makes a
 * new one.
 */
export class TokenizerVocabulary {
  readonly specialTokens: SpecialTokens;
  /** Every special token once, in the order of their roles. */
  readonly allSpecialTokens: readonly string[];
  /** Ids of {@link allSpecialTokens}. */
  readonly allSpecialIds: readonly number[];
  /** Ids of pieces that are added tokens with another id, and that other id. */
  readonly renumbered: ReadonlyMap<number, number>;
  readonly #model: PieceVocabulary;
  readonly #added: ReadonlyMap<number, AddedToken>;
  readonly #addedIds: ReadonlyMap<string, number>;

  /**
   * @param added tokens with ids of their own, as a saved tokenizer lists them.
   */
  constructor(
    model: PieceVocabulary,
    specialTokens: SpecialTokenOptions = {},
    added: ReadonlyMap<number, AddedToken> = new Map(),
  ) {
    this.#model = model;
    this.specialTokens = resolveSpecialTokens(
      specialTokens,
      new Map(Array.from(added.values(), (token) => [token.content, token])),
    );
    const special = listSpecialTokens(this.specialTokens);
    const { tokens, ids } = addTokens(model, added, special);
    this.#added = tokens;
    this.#addedIds = ids;
    this.allSpecialTokens = special.map((token) => token.content);
    this.allSpecialIds = this.allSpecialTokens.map((token) => this.idOf(token));
    this.renumbered = new Map(
      Array.from(ids, ([content, id]) => [model.has(content) ? model.idOf(content) : id, id] as const).filter(
        ([pieceId, id]) => pieceId !== id,
      ),
    );
  }

  /** The pieces of the model. */
  get model(): PieceVocabulary {
    return this.#model;
  }

  /** Number of pieces of the model. */
  get vocabSize(): number {
    return this.#model.pieces.length;
  }

  /** Number of different tokens, added ones included. */
  get length(): number {
    let count = this.vocabSize;
    for (const content of this.#addedIds.keys()) if (!this.#model.has(content)) count++;
    return count;
  }

  /** Added tokens by id, in the order of the ids; special tokens that are pieces of the model are among them. */
  get addedTokens(): ReadonlyMap<number, AddedToken> {
    return this.#added;
  }

  /** Ids of the added tokens. */
  get addedIds(): ReadonlyMap<string, number> {
    return this.#addedIds;
  }

  /** Whether there is a token or piece of this text. */
  has(token: string): boolean {
    return this.#addedIds.has(token) || this.#model.has(token);
  }

  /** Id of a token, or that of the unknown piece. */
  idOf(token: string): number {
    return this.#addedIds.get(token) ?? this.#model.idOf(token);
  }

  /**
   * Token of an id; the unknown token for an id beyond the vocabulary.
   *
   * @throws {TokenizerError} for what is no id: a negative number or a fraction.
   */
  tokenOf(id: number): string {
    if (!Number.isInteger(id) || id < 0) {
      throw new TokenizerError(
        `A token id must be an integer of at least 0, received ${id}; pass ids as call returns them.`,
        {
          expected: 'an integer of at least 0',
          received: id,
        },
      );
    }
    return this.#added.get(id)?.content ?? this.#model.pieces[id] ?? this.specialTokens.unkToken.content;
  }

  /** Ids of all tokens. */
  toMap(): Map<string, number> {
    const ids = new Map(this.#model.pieces.map((piece, id) => [piece, id]));
    for (const [content, id] of this.#addedIds) ids.set(content, id);
    return ids;
  }
}

/** Added tokens with the special tokens among them, those without an id at the end (`_add_tokens` of the reference). */
function addTokens(
  model: PieceVocabulary,
  added: ReadonlyMap<number, AddedToken>,
  special: readonly AddedToken[],
): { tokens: Map<number, AddedToken>; ids: Map<string, number> } {
  const ids = new Map(Array.from(added, ([id, token]) => [token.content, id]));
  const tokens = new Map(added);
  let next = model.pieces.length + [...ids.keys()].filter((content) => !model.has(content)).length;
  for (const token of special) {
    const known = ids.get(token.content) ?? (model.has(token.content) ? model.idOf(token.content) : undefined);
    const id = known ?? next++;
    ids.set(token.content, id);
    tokens.set(id, token);
  }
  return { tokens: new Map([...tokens].sort(([a], [b]) => a - b)), ids };
}
