import type { Comparison, Heat } from './heats';
import { type ModelName, modelFolder } from './models';
import { Participant } from './participant';
import { COMPILED } from './participants';
import { Race, type RaceOptions } from './race';
import { differenceTable, keptPlain, type RaceRow, speedTable } from './speed_tables';
import type { Workload } from './workload';

/** How much is raced. */
export interface RaceExtent {
  readonly models: readonly ModelName[];
  readonly workloads: readonly Workload[];
  readonly race: RaceOptions;
}

/** Markdown of a heat's times and differences. */
export async function raceSections({ title, specs, comparisons }: Heat, extent: RaceExtent): Promise<string[]> {
  const rows: RaceRow[] = [];
  for (const model of extent.models) {
    const participants = specs.map((spec) => new Participant(spec));
    try {
      for (const participant of participants) await participant.open(modelFolder(model));
      const race = new Race(participants, extent.race);
      for (const workload of extent.workloads) {
        process.stderr.write(`${title}: ${model}, ${workload.name}…\n`);
        rows.push({ model, workload, results: await race.run(workload) });
      }
    } finally {
      await Promise.all(participants.map((participant) => participant.close()));
    }
  }
  const [reference = '', ...others] = specs.map(({ name }) => name);
  return [
    `### ${title}`,
    speedTable(reference, others, rows),
    ...keptPlain(COMPILED, rows),
    ...comparisons.flatMap((comparison) => comparisonSection(comparison, rows)),
    `#### Largest difference from the outputs of ${reference}`,
    differenceTable(others, rows),
  ];
}

function comparisonSection({ title, reference, others }: Comparison, rows: readonly RaceRow[]): string[] {
  return [`#### ${title}`, speedTable(reference, others, rows)];
}
