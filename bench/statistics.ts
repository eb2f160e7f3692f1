/** Times in milliseconds that one participant needed, round by round. */
export type Rounds = readonly (readonly number[])[];

/**
 * The value below which a share of the values lies, the nearest one that was measured.
 *
 * @param share from 0, the smallest value, to 1, the largest.
 */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('A percentile needs at least one value, received none.');
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))]!;
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/**
 * Ratios of calls that were made close to each other: the first of a round with the first of the other's same round,
 * and so on.
 *
 * A machine that is slower for a while is so for both, which a ratio of two averages would not see.
 */
export function pairedRatios(rounds: Rounds, reference: Rounds): number[] {
  return rounds.flatMap((times, round) => {
    const others = reference[round] ?? [];
    return times.slice(0, others.length).map((time, call) => time / others[call]!);
  });
}
