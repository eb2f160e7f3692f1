import { splitExamples } from '../../src/data/split_examples';
import { splitStream } from '../../src/data/split_stream';
import fc from '../harness/fast_check';
import { collect, counted, range } from './support';

const part = fc.double({ min: 0.01, max: 0.99, noNaN: true });

describe('splitExamples', () => {
  test('puts each example in one part, in order, as the seed says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), part, fc.nat(), (count, validation, seed) => {
        const split = splitExamples(range(count), { validation, seed });
        const isRising = (list: readonly number[]) =>
          list.every((item, index) => index === 0 || item > list[index - 1]!);
        expect([...split.train, ...split.validation].sort((a, b) => a - b)).toEqual(range(count));
        expect(isRising(split.train) && isRising(split.validation)).toBe(true);
        const wanted = Math.min(count - 1, Math.max(1, Math.round(count * validation)));
        expect(split.validation).toHaveLength(wanted);
        expect(splitExamples(range(count), { validation, seed })).toEqual(split);
      }),
    );
    expect(splitExamples(range(100), { seed: 1 }).validation).not.toEqual(splitExamples(range(100)).validation);
  });

  test('holds out the same part of each group', () => {
    const examples = range(110).map((number) => ({ number, label: number < 100 ? 'common' : 'rare' }));
    const { train, validation } = splitExamples(examples, { validation: 0.2, stratify: ({ label }) => label });
    const count = (list: typeof examples) => list.filter(({ label }) => label === 'rare').length;
    expect([train.length, count(train), validation.length, count(validation)]).toEqual([88, 8, 22, 2]);
  });

  test('leaves a group of one example to training', () => {
    const { train, validation } = splitExamples(['a', 'b', 'b'], { stratify: (label) => label });
    expect([train, validation]).toEqual([['a', 'b'], ['b']]);
  });

  test.each([0, 1, -0.1, 2, Number.NaN])('refuses a part of %d', (validation) => {
    expect(() => splitExamples(range(10), { validation })).toThrowDebertaError('input', /a part between 0 and 1/);
    expect(() => splitStream(counted([1]).source, { validation })).toThrowDebertaError('input', /between 0 and 1/);
  });

  test.each([[[]], [['a']], [['a', 'b']]])('refuses %j, each a group of its own', (examples: string[]) => {
    expect(() => splitExamples(examples, { stratify: (example) => example })).toThrowDebertaError(
      'input',
      /needs at least two examples/,
    );
  });
});

describe('splitStream', () => {
  test('puts each example in one part, in each pass the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), part, fc.nat(), async (count, validation, seed) => {
        const { train, validation: held } = splitStream(counted(range(count)).source, { validation, seed });
        const both = [...(await collect(train)), ...(await collect(held))];
        expect(both.sort((a, b) => a - b)).toEqual(range(count));
        expect(await collect(held)).toEqual(await collect(held));
      }),
    );
  });

  test('holds out about as much as asked for, by the seed', async () => {
    const held = (seed: number) => collect(splitStream(counted(range(10_000)).source, { seed }).validation);
    // Five standard deviations: 1000 ± 5 × √(10,000 × 0.1 × 0.9).
    expect(Math.abs((await held(0)).length - 1000)).toBeLessThan(150);
    expect(await held(1)).not.toEqual(await held(0));
  });
});
