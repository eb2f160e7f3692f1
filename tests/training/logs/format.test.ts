import { formatDuration } from '../../../src/training/logs/format_duration';
import { formatNumber } from '../../../src/training/logs/format_number';

test.each([
  [0, '0'],
  [0.421349, '0.4213'],
  [-12.3456, '-12.35'],
  [12_844.6, '12,840'],
  [0.0012, '0.0012'],
  [0.00002, '2e-5'],
  [-1.23456e-7, '-1.235e-7'],
  [3e38, '3e38'],
  [NaN, 'NaN'],
  [-Infinity, '-Infinity'],
])('formatNumber: %p is %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test.each([
  [0.4, '0s'],
  [59.4, '59s'],
  [59.6, '1m 00s'],
  [200, '3m 20s'],
  [3599.6, '1h 00m'],
  [7500, '2h 05m'],
  [360_000, '100h 00m'],
])('formatDuration: %p seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
