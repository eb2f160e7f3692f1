import { SLICES, sliceText } from '../../../bench/tokenize/slices';

const LINES = Array.from({ length: 3 * SLICES }, (_, index) => `line ${index}`);

test('deals lines out in turn, every line once', () => {
  const slices = sliceText(LINES, 1000);
  expect(slices).toHaveLength(SLICES);
  expect(slices[0]!.lines).toEqual(['line 0', `line ${SLICES}`, `line ${2 * SLICES}`]);
  expect(slices.flatMap(({ lines }) => lines).sort()).toEqual([...LINES].sort());
});

test('counts bytes of UTF-8', () => {
  expect(sliceText(['añ😀'], 1000)[0]).toEqual({ lines: ['añ😀'], bytes: 7 });
});

test('leaves out what would make a slice too large', () => {
  for (const { lines, bytes } of sliceText(LINES, 15)) {
    expect(bytes).toBeLessThanOrEqual(15);
    expect(lines.length).toBeGreaterThan(0);
  }
});
