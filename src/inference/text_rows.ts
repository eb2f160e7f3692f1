/** A mask as an executor reads it: `[B, S]` for tokens, or `[B, h or 1, S or 1, S]`. */
export interface HostMask {
  readonly values: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** A text among packed rows. */
export interface TextRows {
  /** Where the text begins. */
  readonly firstRow: number;
  readonly length: number;
  /** Which text of the batch it is. */
  readonly text: number;
  /** Whether what its tokens see is for the mask to say, since the tokens by themselves do not. */
  readonly isMasked: boolean;
}

/**
 * Which rows of a batch are computed: real tokens, text behind text, and one row that stands for all padding.
 *
 * Padding sees nothing and is seen by nothing, so its rows are all the same whatever the texts are. Texts whose padding
 * is not all in front or behind keep all of their rows, and a mask; so do all with padding where it can be told apart.
 */
export interface PackedRows {
  readonly count: number;
  readonly texts: readonly TextRows[];
  /** The row that stands for padding; undefined where there is none. */
  readonly paddingRow: number | undefined;
  /** For each row its place in the batch, `text · S + position`. */
  readonly sources: Int32Array;
  /** For each place in the batch its row. */
  readonly rowOfPlace: Int32Array;
  /** What each row is multiplied by where padding must be 0; undefined where every row is a token. */
  readonly scales: Float32Array | undefined;
}

/**
 * Packs a batch of texts from `first` to `end`, of `length` places each.
 *
 * @param tellsPaddingApart whether rows of padding are not all the same, so that none may stand for others.
 */
export function packRows(
  first: number,
  end: number,
  length: number,
  mask: HostMask | undefined,
  tellsPaddingApart = false,
): PackedRows {
  const texts: TextRows[] = [];
  const sources: number[] = [];
  const scales: number[] = [];
  const rowOfPlace = new Int32Array((end - first) * length).fill(-1);
  for (let text = first; text < end; text++) {
    const weights = mask && tokenWeights(mask, text, length);
    const { from, to, isWhole } = realSpan(weights, length);
    const isFull = from === 0 && to === length;
    const isPacked = isWhole && mask?.shape.length !== 4 && (isFull || !tellsPaddingApart);
    const [start, stop] = isPacked ? [from, to] : [0, length];
    const isMasked = mask !== undefined && !isPacked;
    if (stop > start) texts.push({ firstRow: sources.length, length: stop - start, text, isMasked });
    for (let position = start; position < stop; position++) {
      rowOfPlace[(text - first) * length + position] = sources.length;
      sources.push(text * length + position);
      scales.push(isMasked ? weights![position]! : 1);
    }
  }
  const padding = rowOfPlace.indexOf(-1);
  const paddingRow = padding < 0 ? undefined : sources.length;
  if (paddingRow !== undefined) {
    sources.push(first * length + padding);
    scales.push(0);
    for (const [place, row] of rowOfPlace.entries()) if (row < 0) rowOfPlace[place] = paddingRow;
  }
  return {
    count: sources.length,
    texts,
    paddingRow,
    sources: Int32Array.from(sources),
    rowOfPlace,
    scales: scales.every((scale) => scale === 1) ? undefined : Float32Array.from(scales),
  };
}

/** How much of each token is real, as `tokenMask` has it: as much as the query that sees most of it. */
function tokenWeights({ values, shape }: HostMask, text: number, length: number): number[] {
  const queries = shape.length === 2 ? 1 : shape[1]! * shape[2]!;
  const start = text * queries * length;
  return Array.from({ length }, (_, key) => {
    let most = Number.NEGATIVE_INFINITY;
    for (let query = 0; query < queries; query++) most = Math.max(most, values[start + query * length + key]!);
    return most;
  });
}

/** From where to where tokens are real, and whether all between are and no one else. */
function realSpan(
  weights: readonly number[] | undefined,
  length: number,
): { from: number; to: number; isWhole: boolean } {
  if (weights === undefined) return { from: 0, to: length, isWhole: true };
  const from = weights.findIndex((weight) => weight !== 0);
  if (from < 0) return { from: 0, to: 0, isWhole: true };
  const to = weights.length - [...weights].reverse().findIndex((weight) => weight !== 0);
  return { from, to, isWhole: weights.slice(from, to).every((weight) => weight === 1) };
}

/** How many numbers the masks of a text take: `[1 or h, S, S]`. */
export function maskSize({ shape }: HostMask, length: number): number {
  return maskHeads(shape) * length * length;
}

/** Writes a text's mask for each head, query and key, as `expandAttentionMask` has it. */
export function writeMask({ values, shape }: HostMask, text: number, length: number, target: Float32Array): void {
  const at = (head: number, query: number, key: number) => {
    if (shape.length === 2) return values[text * length + query]! * values[text * length + key]!;
    const queries = shape[2]!;
    return values[((text * shape[1]! + head) * queries + (queries === 1 ? 0 : query)) * length + key]!;
  };
  let index = 0;
  for (let head = 0; head < maskHeads(shape); head++) {
    for (let query = 0; query < length; query++) {
      for (let key = 0; key < length; key++) target[index++] = at(head, query, key);
    }
  }
}

/** How many heads a mask tells apart. */
export function maskHeads(shape: readonly number[]): number {
  return shape.length === 4 ? shape[1]! : 1;
}
