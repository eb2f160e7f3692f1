import { crc32, crc32WithoutNode } from '../../src/files/crc32';

const CASES: Array<[text: string, sum: number]> = [
  ['', 0],
  ['123456789', 0xcbf43926],
  ['The quick brown fox jumps over the lazy dog', 0x414fa339],
];

describe.each([
  ['with Node', crc32],
  ['without Node', crc32WithoutNode],
])('%s', (_name, sumOf) => {
  test.each(CASES)('the checksum of %j', (text, sum) => {
    const bytes = new TextEncoder().encode(text);
    expect(sumOf(bytes)).toBe(sum);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(sumOf(bytes.subarray(cut), sumOf(bytes.subarray(0, cut)))).toBe(sum);
    }
  });
});
