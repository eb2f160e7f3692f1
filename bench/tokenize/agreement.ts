import type { Ids } from './protocol';
import type { Racer } from './race';

/** Participants that agree on fewer lines than this do not do the same work. */
const LEAST_AGREEMENT = 0.8;

/**
 * Share of the lines of the first slice whose ids are those of one participant, by the names of the others.
 *
 * @throws {Error} when a share is so small that the comparison would mean nothing.
 */
export async function agreements(racers: readonly Racer[], reference: string): Promise<ReadonlyMap<string, number>> {
  const lines = new Map<string, string[]>();
  for (const { name, process } of racers) {
    const { ids } = await process.ask<Ids>({ do: 'ids', slice: 0 });
    lines.set(name, ids.map(String));
  }
  const expected = lines.get(reference)!;
  return new Map([...lines].map(([name, found]) => [name, requireAgreement(name, shareOfSame(found, expected))]));
}

/** Share of places at which two lists have the same. */
export function shareOfSame(values: readonly string[], expected: readonly string[]): number {
  if (values.length !== expected.length) return 0;
  return values.filter((value, index) => value === expected[index]).length / expected.length;
}

function requireAgreement(name: string, share: number): number {
  if (share >= LEAST_AGREEMENT) return share;
  throw new Error(
    `${name} must give the ids of this package for at least ${100 * LEAST_AGREEMENT} % of the lines and does for ${(100 * share).toFixed(1)} %; make the vocabularies again (remove bench/.cache/tokenize).`,
  );
}
