import { mixedWorkload } from '../../../bench/predict/mixed_workload';
import { isPadded, realTokensOf } from '../../../bench/predict/workload';

test('the mixed workload has 32 texts of real lengths in padded batches', async () => {
  const workload = await mixedWorkload();
  expect(workload.batches.map(({ batch, length }) => [batch, length])).toEqual([
    [8, 91],
    [8, 105],
    [8, 82],
    [8, 56],
  ]);
  expect(workload.batches.every(isPadded)).toBe(true);
  expect(realTokensOf(workload)).toBe(1664);
});
