import { freshMemory, memoryInTurns } from '../../src/files/memory';

test('fresh memory is nobody else’s', () => {
  expect(freshMemory(3)).toHaveLength(3);
  expect(freshMemory(3).buffer).not.toBe(freshMemory(3).buffer);
});

describe('memoryInTurns', () => {
  test.each([1, 2, 5])('of %d takes none shares memory, and the next takes that of the first', (turns) => {
    const take = memoryInTurns(turns);
    const pieces = Array.from({ length: turns }, () => take(8));
    expect(new Set(pieces.map(({ buffer }) => buffer)).size).toBe(turns);
    expect(take(8).buffer).toBe(pieces[0]!.buffer);
  });

  test('memory grows to the largest piece, of which smaller ones are the beginning', () => {
    const take = memoryInTurns(1);
    const small = take(4);
    const large = take(10);
    expect(large.buffer).not.toBe(small.buffer);
    const again = take(3);
    expect([again.buffer, again.byteOffset, again.byteLength]).toEqual([large.buffer, 0, 3]);
  });
});
