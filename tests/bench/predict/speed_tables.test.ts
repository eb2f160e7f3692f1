import { type RaceRow, speedTable } from '../../../bench/predict/speed_tables';
import { uniform } from '../../../bench/predict/workload';

const resultOf = (rounds: number[][]) => ({ rounds, difference: 0, isCompiled: false });

const ROWS: readonly RaceRow[] = [
  {
    model: 'xsmall',
    workload: uniform(1, 16),
    results: new Map([
      ['slow', resultOf([[20], [30]])],
      ['fast', resultOf([[10], [15]])],
    ]),
  },
  { model: 'base', workload: uniform(1, 16), results: new Map([['fast', resultOf([[40]])]]) },
];

test('times stand beside their ratios to the reference, and a dash beside what was left out', () => {
  const [, , ...rows] = speedTable('fast', ['slow'], ROWS).split('\n');
  expect(rows).toEqual(['| xsmall | (1, 16) | 10.0 | 20.0 (2.00 / 2.00) |', '| base | (1, 16) | 40.0 | – |']);
});

test('workloads that the reference was left out of are not listed', () => {
  expect(speedTable('slow', ['fast'], ROWS)).not.toContain('base');
});
