import { endlessLines } from '../../../bench/tokenize/endless_lines';

const LINES = ['one three five seven', 'two four six eight'];

function take(count: number): string[] {
  const lines = endlessLines(LINES);
  return Array.from({ length: count }, () => lines.next().value);
}

test('begins with the lines as they are', () => {
  expect(take(2)).toEqual(LINES);
});

test('goes on with words of the halves of two', () => {
  expect(take(4)[2]).toBe('oree thve fiven sene');
});

test('other neighbours lend their halves in each pass', () => {
  const lines = take(6);
  expect(new Set([lines[0], lines[2], lines[4]]).size).toBe(3);
});

test('needs a line', () => {
  expect(() => endlessLines([]).next()).toThrow('at least one line');
});
