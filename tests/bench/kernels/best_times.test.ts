import { bestTimes } from '../../../bench/kernels/best_times';

test('runs take turns, and each has its best time', () => {
  const calls: string[] = [];
  const times = bestTimes([() => calls.push('a'), () => calls.push('b')], { rounds: 2, milliseconds: 0 });
  // One call each to find how many fill a turn, and two rounds.
  expect(calls).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(times).toHaveLength(2);
  expect(times.every((time) => time >= 0 && Number.isFinite(time))).toBe(true);
});
