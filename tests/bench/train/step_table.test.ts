import { stepTable } from '../../../bench/train/step_table';

describe('stepTable', () => {
  const workload = { model: 'xsmall', shape: [8, 128], dropout: 0.1 } as const;
  const first = { name: 'PyTorch, eager', rounds: [[1000], [2000], [4000]], peakBytes: 4e9 };
  const second = { name: 'tensorflow', rounds: [[800], [1800], [1200]], peakBytes: 2e9 };
  const lines = stepTable([{ workload, results: [first, second] }]).split('\n');

  test('compares steps of the same round with the first of a race', () => {
    expect(lines.slice(2)).toEqual([
      '| xsmall | (8, 128) | 0.1 | PyTorch, eager | 2000 | 0.50 | 1.00 (1.00–1.00) | 4000 | 1.00 |',
      '| xsmall | (8, 128) | 0.1 | tensorflow | 1200 | 0.83 | 0.80 (0.30–0.90) | 2000 | 0.50 |',
    ]);
  });

  test('has a heading for each column', () => {
    const columns = (line: string) => line.split('|').length;
    expect(lines.map(columns)).toEqual([
      columns(lines[0]!),
      columns(lines[0]!),
      columns(lines[0]!),
      columns(lines[0]!),
    ]);
  });
});
