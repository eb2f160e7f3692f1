import { formatMs, formatRatio } from '../format';
import { markdownTable } from '../markdown_table';
import { median, pairedRatios, percentile } from '../statistics';
import type { ModelName } from './models';
import type { Result } from './race';
import type { Workload } from './workload';

/** What one workload of one model took everybody. */
export interface RaceRow {
  readonly model: ModelName;
  readonly workload: Workload;
  readonly results: ReadonlyMap<string, Result>;
}

const LEFT_OUT = '–';

/** Times, with their ratios to the reference's; nothing of workloads that the reference was left out of. */
export function speedTable(reference: string, others: readonly string[], rows: readonly RaceRow[]): string {
  return markdownTable(
    ['model', '(B, S)', reference, ...others],
    rows.flatMap(({ model, workload, results }) => {
      const expected = results.get(reference);
      if (expected === undefined) return [];
      const cells = others.map((name) => speedCell(results.get(name), expected));
      return [[model, workload.name, formatMs(fast(expected)), ...cells]];
    }),
  );
}

/** Largest differences from the reference's outputs. */
export function differenceTable(others: readonly string[], rows: readonly RaceRow[]): string {
  return markdownTable(
    ['model', '(B, S)', ...others],
    rows.map(({ model, workload, results }) => [
      model,
      workload.name,
      ...others.map((name) => results.get(name)?.difference.toExponential(1) ?? LEFT_OUT),
    ]),
  );
}

/** Where `warmUp` kept the plain graph, which was faster: a sentence, or none. */
export function keptPlain(name: string, rows: readonly RaceRow[]): string[] {
  const kept = rows.filter(({ results }) => results.get(name)?.isCompiled === false);
  if (kept.length === 0) return [];
  const cells = kept.map(({ model, workload }) => `${model} ${workload.name}`);
  return [`\`warmUp\` kept the plain graph of: ${cells.join('; ')}.`];
}

/** `p10 ms (ratio of p10 / median of paired ratios)`. */
function speedCell(result: Result | undefined, reference: Result): string {
  if (result === undefined) return LEFT_OUT;
  const paired = median(pairedRatios(result.rounds, reference.rounds));
  const ratio = fast(result) / fast(reference);
  return `${formatMs(fast(result))} (${formatRatio(ratio)} / ${formatRatio(paired)})`;
}

function fast({ rounds }: Result): number {
  return percentile(rounds.flat(), 0.1);
}
