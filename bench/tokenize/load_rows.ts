import { stat } from 'node:fs/promises';
import { formatMs, formatRatio } from '../format';
import { megabytes } from '../megabytes';
import { median, pairedRatios, percentile } from '../statistics';
import { type ParticipantSpec, startParticipant } from './participants';
import type { Opened } from './protocol';
import { type VocabularySize, vocabularyFile } from './vocabularies';

export const LOAD_HEAD = ['', 'file', 'MB', 'median, ms', 'p10, ms', 'p10 / reference', 'paired / reference'] as const;

/**
 * Time from the file of a vocabulary to the ids of a first word, each in a fresh process, by turns.
 *
 * @param specs the first one is the reference of the ratios.
 */
export async function loadRows(
  specs: readonly ParticipantSpec[],
  size: VocabularySize,
  rounds: number,
): Promise<string[][]> {
  const times = new Map<ParticipantSpec, number[][]>(specs.map((spec) => [spec, []]));
  for (let round = 0; round < rounds; round++) {
    for (const spec of specs) times.get(spec)!.push([await loadInFreshProcess(spec, size)]);
  }
  const expected = times.get(specs[0]!)!;
  return Promise.all(
    specs.map(async (spec) => {
      const measured = times.get(spec)!;
      const fast = percentile(measured.flat(), 0.1);
      return [
        spec.name,
        spec.format,
        megabytes((await stat(vocabularyFile(size, spec.format))).size),
        formatMs(median(measured.flat())),
        formatMs(fast),
        formatRatio(fast / percentile(expected.flat(), 0.1)),
        formatRatio(median(pairedRatios(measured, expected))),
      ];
    }),
  );
}

async function loadInFreshProcess(spec: ParticipantSpec, size: VocabularySize): Promise<number> {
  const participant = startParticipant(spec);
  try {
    const path = vocabularyFile(size, spec.format);
    return (await participant.ask<Opened>({ do: 'open', path })).milliseconds;
  } finally {
    await participant.close();
  }
}
