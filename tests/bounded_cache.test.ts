import { BoundedCache } from '../src/bounded_cache';

describe('a cache of two', () => {
  const make = () => {
    const released: string[] = [];
    return { released, cache: new BoundedCache<string, string>(2, (value) => released.push(value)) };
  };

  test('makes a value once', () => {
    const { cache } = make();
    const makeValue = jest.fn(() => 'A');
    expect([cache.get('a', makeValue), cache.get('a', makeValue)]).toEqual(['A', 'A']);
    expect(makeValue).toHaveBeenCalledTimes(1);
  });

  test('lets the oldest go when a third comes, and makes it anew when it is asked for', () => {
    const { cache, released } = make();
    for (const key of ['a', 'b', 'a', 'c']) cache.get(key, () => key.toUpperCase());
    expect(released).toEqual(['A']);
    expect(cache.get('a', () => 'again')).toBe('again');
    expect(released).toEqual(['A', 'B']);
  });

  test('a value that cannot be made is not kept', () => {
    const { cache } = make();
    const fail = () => {
      throw new Error('no');
    };
    expect(() => cache.get('a', fail)).toThrow('no');
    expect(cache.get('a', () => 'A')).toBe('A');
  });

  test('clear releases each value once', () => {
    const { cache, released } = make();
    for (const key of ['a', 'b']) cache.get(key, () => key.toUpperCase());
    cache.clear();
    cache.clear();
    expect(released).toEqual(['A', 'B']);
  });
});
