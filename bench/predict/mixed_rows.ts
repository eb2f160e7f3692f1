import { formatMs, formatRatio } from '../format';
import { percentile } from '../statistics';
import type { ModelName } from './models';
import { wasm } from './participants';
import { useParticipant } from './use_participant';
import { realTokensOf, tokensOf, uniform, type Workload } from './workload';

export const MIXED_HEAD = [
  'model',
  'batch',
  'tokens',
  'with padding',
  'ms',
  'µs a token',
  '/ that of all batches',
  '/ that of equal lengths',
] as const;

/** A batch of texts of different lengths, and one of equal lengths with about as many tokens. */
interface Pair {
  readonly mixed: Workload;
  readonly equal: Workload;
}

/**
 * Whether `wasm` takes time for real tokens only: each batch by itself, beside all of them together and beside a batch
 * of the same number of texts that are equally long, by turns.
 *
 * @param rounds calls of each.
 */
export async function mixedRows(
  model: ModelName,
  { batches }: Workload,
  rounds: number,
  threads: number,
): Promise<string[][]> {
  const pairs = batches.map((batch, index): Pair => {
    const mixed = { name: `batch ${index + 1}`, batches: [batch] };
    const equal = uniform(batch.batch, Math.round(realTokensOf(mixed) / batch.batch));
    return { mixed, equal: { ...equal, name: `${equal.name} beside ${mixed.name}` } };
  });
  const speeds = await measure(model, pairs, rounds, threads);
  const tokens = pairs.reduce((sum, { mixed }) => sum + realTokensOf(mixed), 0);
  const milliseconds = pairs.reduce((sum, { mixed }) => sum + speeds.get(mixed)! * realTokensOf(mixed), 0);
  return pairs.map(({ mixed, equal }) => {
    const speed = speeds.get(mixed)!;
    return [
      model,
      mixed.name,
      String(realTokensOf(mixed)),
      String(tokensOf(mixed)),
      formatMs(speed * realTokensOf(mixed)),
      (1000 * speed).toFixed(0),
      formatRatio(speed / (milliseconds / tokens)),
      formatRatio(speed / speeds.get(equal)!),
    ];
  });
}

/** Milliseconds for each real token. */
function measure(
  model: ModelName,
  pairs: readonly Pair[],
  rounds: number,
  threads: number,
): Promise<ReadonlyMap<Workload, number>> {
  const workloads = pairs.flatMap(({ mixed, equal }) => [mixed, equal]);
  return useParticipant(wasm(threads), model, workloads, async ({ participant }) => {
    const times = new Map<Workload, number[]>(workloads.map((workload) => [workload, []]));
    // The first round packs weights and makes room.
    for (let round = 0; round <= rounds; round++) {
      for (const [workload, ofWorkload] of times) {
        const milliseconds = await participant.call(workload);
        if (round > 0) ofWorkload.push(milliseconds);
      }
    }
    return new Map(
      workloads.map((workload) => [workload, percentile(times.get(workload)!, 0.1) / realTokensOf(workload)]),
    );
  });
}
