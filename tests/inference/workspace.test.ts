import { Workspace } from '../../src/inference/workspace';
import fc from '../harness/fast_check';

describe('Workspace', () => {
  test('begins at a line of the cache behind what is there', () => {
    expect([new Workspace(0).end, new Workspace(1).end, new Workspace(64).end, new Workspace(65).end]).toEqual([
      0, 64, 64, 128,
    ]);
  });

  test('gives what was given back, the smallest that is large enough, and else new memory', () => {
    const space = new Workspace(64);
    const [large, small] = [space.take(100), space.take(20)];
    const end = space.end;
    space.release(large);
    space.release(small);
    expect(space.take(10)).toBe(small);
    expect(space.take(10)).toBe(large);
    expect(space.end).toBe(end);
    expect(space.take(10)).toBe(end);
  });

  test('what is kept is never given again', () => {
    const space = new Workspace(0);
    const kept = space.keep(16);
    const taken = space.take(16);
    space.release(taken);
    expect([kept, taken, space.take(16), space.end]).toEqual([0, 64, 64, 128]);
  });

  const steps = fc.array(
    fc.record({ kind: fc.constantFrom('take', 'keep', 'release'), numbers: fc.integer({ min: 0, max: 500 }) }),
    { maxLength: 60 },
  );

  test('nothing that is in use overlaps, begins within a line of the cache, or ends behind the end', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const space = new Workspace(100);
        const inUse: Array<{ address: number; numbers: number; isKept: boolean }> = [];
        for (const { kind, numbers } of given) {
          if (kind === 'release') {
            const index = inUse.findIndex(({ isKept }) => !isKept);
            if (index >= 0) space.release(inUse.splice(index, 1)[0]!.address);
            continue;
          }
          const address = kind === 'take' ? space.take(numbers) : space.keep(numbers);
          inUse.push({ address, numbers, isKept: kind === 'keep' });
        }
        const sorted = inUse.filter(({ numbers }) => numbers > 0).sort((a, b) => a.address - b.address);
        for (const [index, { address, numbers }] of sorted.entries()) {
          expect(address % 64).toBe(0);
          expect(address + 4 * numbers).toBeLessThanOrEqual(sorted[index + 1]?.address ?? space.end);
        }
      }),
    );
  });
});
