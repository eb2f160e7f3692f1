import { mutate, seededDraw } from '../../../bench/fuzz/mutate';

const original = Uint8Array.from({ length: 300 }, (_, index) => index);

test('a draw lies in its range, and a seed gives the same ones again', () => {
  const draws = (seed: number) => Array.from({ length: 1000 }, seededDraw(seed).bind(undefined, 10));
  expect(new Set(draws(1))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  expect(draws(1)).toEqual(draws(1));
  expect(draws(1)).not.toEqual(draws(2));
});

test('damages differ, and leave the original as it was', () => {
  const before = Uint8Array.from(original);
  const damaged = Array.from({ length: 200 }, (_, seed) =>
    Buffer.from(mutate(original, seededDraw(seed))).toString('hex'),
  );
  expect(new Set(damaged).size).toBeGreaterThan(190);
  expect(original).toEqual(before);
});

test('some inputs are longer, some shorter, some of the same length', () => {
  const lengths = Array.from({ length: 200 }, (_, seed) => mutate(original, seededDraw(seed)).length);
  expect(lengths.some((length) => length > original.length)).toBe(true);
  expect(lengths.some((length) => length < original.length)).toBe(true);
  expect(lengths).toContain(original.length);
});

test.each([0, 1, 2])('a file of %i bytes can be damaged too', (length) => {
  for (let seed = 0; seed < 200; seed++) mutate(original.subarray(0, length), seededDraw(seed));
});
