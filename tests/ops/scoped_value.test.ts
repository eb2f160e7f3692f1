import { ScopedValue } from '../../src/ops/scoped_value';

describe('a scoped value', () => {
  test('is there while something runs, the innermost one, and gone afterwards', () => {
    const value = new ScopedValue<number>();
    const seen = value.during(1, () => [value.current, value.during(2, () => value.current), value.current]);
    expect(seen).toEqual([1, 2, 1]);
    expect(value.current).toBeUndefined();
  });

  test('is put back when what runs throws', () => {
    const value = new ScopedValue<number>();
    const fail = () => {
      throw new Error('no');
    };
    expect(() => value.during(1, () => value.during(2, fail))).toThrow('no');
    expect(value.current).toBeUndefined();
  });
});
