import { RandomStream, randomSeed } from '../../src/ops/random_stream';

// From a C program of the published algorithm.
const known: Array<[seed: number, integers: number[]]> = [
  [0, [1144304738, 1416247, 958946056, 627933444, 2007157716]],
  [1, [2693262067, 11749833, 2265367787, 4213581821, 4159151403]],
  [7, [50271532, 266108690, 4195786334, 3002305430, 2239590375]],
  [4294967295, [3850105811, 813802916, 3073704848, 4054706436, 3630262831]],
];

const take = (random: RandomStream, count: number) => Array.from({ length: count }, () => random.nextInteger());

describe('RandomStream', () => {
  test.each(known)('seed %i gives the integers of mulberry32', (seed, integers) => {
    expect(take(new RandomStream(seed), integers.length)).toEqual(integers);
  });

  test('next is the next integer as a fraction of 2³²', () => {
    const [fractions, integers] = [new RandomStream(7), new RandomStream(7)];
    for (let i = 0; i < 100; i++) expect(fractions.next()).toBe(integers.nextInteger() / 2 ** 32);
  });

  test('stays at least 0 and below 1, with mean and variance of the uniform distribution', () => {
    const random = new RandomStream(123);
    const values = Array.from({ length: 100_000 }, () => random.next());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(mean).toBeCloseToTensor(0.5, 0.005);
    expect(variance).toBeCloseToTensor(1 / 12, 0.001);
  });

  test('goes on from a saved state', () => {
    const random = new RandomStream(5);
    take(random, 3);
    const restored = new RandomStream(0);
    restored.state = random.state;
    expect(take(restored, 5)).toEqual(take(random, 5));
  });

  test('its state is an unsigned 32-bit integer and makes a stream of its own', () => {
    const random = new RandomStream(-3);
    take(random, 10);
    expect(random.state).toBe(random.state >>> 0);
    expect(take(new RandomStream(random.state), 4)).toEqual(take(random, 4));
  });

  test('runs something from another state, and goes on where it was, also after an error', () => {
    const random = new RandomStream(5);
    const { state } = random;
    random.next();
    const after = random.state;
    expect(random.replayFrom(state, () => take(random, 3))).toEqual(take(new RandomStream(5), 3));
    expect(random.state).toBe(after);
    const fail = () => {
      random.next();
      throw new Error('no');
    };
    expect(() => random.replayFrom(state, fail)).toThrow('no');
    expect(random.state).toBe(after);
  });

  test.each([
    [-1, 0xffffffff],
    [2 ** 32 + 7, 7],
    [3.9, 3],
  ])('seed %f counts as %i', (seed, same) => {
    expect(take(new RandomStream(seed), 4)).toEqual(take(new RandomStream(same), 4));
  });
});

test('randomSeed gives another unsigned 32-bit integer every time', () => {
  const seeds = Array.from({ length: 100 }, randomSeed);
  expect(seeds.every((seed) => seed === seed >>> 0)).toBe(true);
  expect(new Set(seeds).size).toBeGreaterThan(95);
});
