/** What decides which row of the relative table a distance reads. */
export interface RelativePositionOptions {
  /** Half the rows of the table. */
  readonly span: number;
  /** Number of logarithmic buckets on either side; below 1 for none. */
  readonly positionBuckets: number;
  /** Farthest distance the buckets are laid out for. */
  readonly maxRelativePositions: number;
}

/**
 * The bucket of a relative distance: distances up to half the buckets stand for themselves, farther ones share
 * logarithmically growing buckets.
 *
 * Mirrors `make_log_bucket_position` of transformers; double arithmetic gives the same integers as float32 there.
 *
 * @param distance query position minus key position.
 *
 * @example
 * logBucket(150, 256, 512); // 143
 */
export function logBucket(distance: number, buckets: number, maxDistance: number): number {
  const middle = Math.floor(buckets / 2);
  const absolute = Math.abs(distance);
  if (absolute <= middle) return distance;
  const position = Math.log(absolute / middle) / Math.log((maxDistance - 1) / middle);
  return Math.sign(distance) * (Math.ceil(position * (middle - 1)) + middle);
}

/**
 * The row of the relative table (`2 · span` rows) that a distance reads.
 *
 * Mirrors `disentangled_attention_bias`: bucket, shift by `span`, clamp into the table. The same row serves
 * content-to-position and position-to-content, since buckets are antisymmetric.
 */
export function relativeRow(distance: number, options: RelativePositionOptions): number {
  const { span, positionBuckets, maxRelativePositions } = options;
  const bucket = positionBuckets > 0 ? logBucket(distance, positionBuckets, maxRelativePositions) : distance;
  return Math.min(Math.max(bucket + span, 0), 2 * span - 1);
}

/**
 * Table rows for every distance of a sequence of length `S`, from `S − 1` down to `−(S − 1)`, and one row more.
 *
 * The extra row is never looked at: with `2S` columns the scores need no padding before they are skewed.
 *
 * @returns `2S` row numbers, farthest preceding key first.
 */
export function descendingRelativeRows(length: number, options: RelativePositionOptions): Int32Array {
  return Int32Array.from({ length: 2 * length }, (_, column) => relativeRow(length - 1 - column, options));
}

/** As {@link descendingRelativeRows}, from `−(S − 1)` up to `S − 1`, and one row more. */
export function ascendingRelativeRows(length: number, options: RelativePositionOptions): Int32Array {
  return Int32Array.from({ length: 2 * length }, (_, column) => relativeRow(column - (length - 1), options));
}
