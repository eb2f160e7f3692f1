/** How long is measured. */
export interface TimingOptions {
  /** Times that each run has its turn. */
  readonly rounds: number;
  /** Milliseconds of a turn, at least. */
  readonly milliseconds: number;
}

/** Seconds of one call of each, the best of turns that they take; those who come to a turn first warm up. */
export function bestTimes(runs: readonly (() => void)[], { rounds, milliseconds }: TimingOptions): number[] {
  const best = runs.map(() => Number.POSITIVE_INFINITY);
  const calls = runs.map((run) => callsOfTurn(run, milliseconds));
  for (let round = 0; round < rounds; round++) {
    for (const [index, run] of runs.entries()) {
      best[index] = Math.min(best[index]!, timeOf(run, calls[index]!) / calls[index]!);
    }
  }
  return best.map((time) => time / 1000);
}

/** Calls that fill a turn, found by doubling, which gives the compiler time as well. */
function callsOfTurn(run: () => void, milliseconds: number): number {
  let calls = 1;
  while (timeOf(run, calls) < milliseconds) calls *= 2;
  return calls;
}

function timeOf(run: () => void, calls: number): number {
  const start = performance.now();
  for (let call = 0; call < calls; call++) run();
  return performance.now() - start;
}
