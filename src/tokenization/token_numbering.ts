import type { AddedToken } from './added_token';

/** The tokens that a smaller tokenizer keeps, and their new ids: the order stays, the gaps close. */
export class TokenNumbering {
  /** Old ids by new id. */
  readonly oldIds: readonly number[];
  /** Those of them that are pieces of the model; the others are added tokens. */
  readonly pieces: readonly number[];
  readonly #newIds: ReadonlyMap<number, number>;

  /**
   * @param kept ids of the tokens that stay.
   * @param vocabSize number of pieces of the model.
   */
  constructor(kept: Iterable<number>, vocabSize: number) {
    this.oldIds = [...new Set(kept)].sort((a, b) => a - b);
    this.pieces = this.oldIds.filter((id) => id < vocabSize);
    this.#newIds = new Map(this.oldIds.map((old, id) => [old, id]));
  }

  /** The new id of a token, undefined for one that goes. */
  newId(old: number): number | undefined {
    return this.#newIds.get(old);
  }

  /** New ids of tokens, undefined when one of them goes. */
  newIdsOf(ids: readonly number[]): number[] | undefined {
    const renumbered = ids.map((id) => this.#newIds.get(id));
    return renumbered.includes(undefined) ? undefined : (renumbered as number[]);
  }

  /** Added tokens by their new ids. */
  renumber(added: ReadonlyMap<number, AddedToken>): Map<number, AddedToken> {
    return new Map(
      Array.from(added).flatMap(([old, token]) => {
        const id = this.#newIds.get(old);
        return id === undefined ? [] : [[id, token] as const];
      }),
    );
  }
}
