import { speedTable } from '../../../bench/tokenize/speed_table';

test('speeds in MB/s, with ratios of speeds to the reference', () => {
  // Nanoseconds for a byte: 100 are 10 MB/s.
  const results = new Map([
    ['reference', { rounds: [[100], [100], [100]] }],
    ['twice as fast', { rounds: [[50], [50], [50]] }],
  ]);
  const row = { text: 'English', form: 'line', output: 'ids', results } as const;
  expect(speedTable('reference', ['twice as fast', 'absent'], [row]).split('\n')[2]).toBe(
    '| English | line by line | ids | 10.0 | 20.0 (2.00 / 2.00) | – |',
  );
});
