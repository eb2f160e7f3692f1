import { megabytes } from '../megabytes';
import { type ParticipantSpec, startParticipant } from './participants';
import type { Memory } from './protocol';
import { textFile } from './texts';
import { TEXT_FOLDER, type VocabularySize, vocabularyFile } from './vocabularies';

/** Head of a table of resident memory after so many megabytes of text. */
export function memoryHead(marks: readonly number[]): string[] {
  return [
    '',
    'loaded, MB',
    ...marks.map((mark) => `after ${mark} MB`),
    `after ${marks.at(-1)} MB / after ${marks[0]} MB`,
  ];
}

/**
 * Resident memory of each participant while it encodes endless lines in a process of its own.
 *
 * @param marks megabytes of text.
 */
export async function memoryRows(
  specs: readonly ParticipantSpec[],
  size: VocabularySize,
  marks: readonly number[],
): Promise<string[][]> {
  const rows: string[][] = [];
  for (const spec of specs) {
    const participant = startParticipant(spec);
    try {
      await participant.ask({ do: 'open', path: vocabularyFile(size, spec.format) });
      await participant.ask({ do: 'prepare', path: textFile(TEXT_FOLDER, 'English'), bytesOfSlice: 0 });
      const sizes: number[] = [];
      for (const mark of [0, ...marks]) {
        const { residentBytes } = await participant.ask<Memory>({ do: 'stream', bytes: mark * 1e6 });
        sizes.push(residentBytes);
      }
      rows.push([spec.name, ...sizes.map(megabytes), (sizes.at(-1)! / sizes[1]!).toFixed(2)]);
    } finally {
      await participant.close();
    }
  }
  return rows;
}
