import { withLast } from '../../src/training/with_last';

async function* streamOf<T>(items: readonly T[], onReturn = () => {}) {
  try {
    yield* items;
  } finally {
    onReturn();
  }
}

test.each([
  [[], []],
  [['a'], [['a', true]]],
  [
    ['a', 'b', 'c'],
    [
      ['a', false],
      ['b', false],
      ['c', true],
    ],
  ],
])('%j', async (items, expected) => {
  const given: unknown[] = [];
  for await (const pair of withLast(streamOf(items))) given.push(pair);
  expect(given).toEqual(expected);
});

test('whoever stops early ends the stream', async () => {
  const onReturn = jest.fn();
  for await (const [item] of withLast(streamOf([1, 2, 3, 4], onReturn))) if (item === 2) break;
  expect(onReturn).toHaveBeenCalledTimes(1);
});

test('an error of the stream passes', async () => {
  const failing = async function* () {
    yield 1;
    throw new Error('broken');
  };
  await expect(withLast(failing()).next()).rejects.toThrow('broken');
});
