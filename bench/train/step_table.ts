import { formatMs, formatRatio } from '../format';
import { markdownTable } from '../markdown_table';
import { megabytes } from '../megabytes';
import { median, pairedRatios } from '../statistics';
import type { Result } from './race';
import type { Workload } from './workload';

/** What one workload took everybody, the reference first. */
export interface RaceRows {
  readonly workload: Workload;
  readonly results: readonly Result[];
}

/**
 * A row for each trainee of each race: times and memory, with their ratios to those of the race's first trainee.
 *
 * The ratio of times is the median of those of each round, with the smallest and the largest.
 */
export function stepTable(races: readonly RaceRows[]): string {
  const head = ['model', '(B, S)', 'dropout', '', 'step, ms', 'steps/s', 'time / first', 'peak, MB', 'peak / first'];
  return markdownTable(
    head,
    races.flatMap(({ workload: { model, shape, dropout }, results }) =>
      results.map(({ name, rounds, peakBytes }) => {
        const middle = median(rounds.flat());
        return [
          model,
          `(${shape.join(', ')})`,
          String(dropout),
          name,
          formatMs(middle),
          (1000 / middle).toFixed(2),
          describeRatios(pairedRatios(rounds, results[0]!.rounds)),
          megabytes(peakBytes),
          formatRatio(peakBytes / results[0]!.peakBytes),
        ];
      }),
    ),
  );
}

function describeRatios(ratios: readonly number[]): string {
  return `${formatRatio(median(ratios))} (${formatRatio(Math.min(...ratios))}–${formatRatio(Math.max(...ratios))})`;
}
