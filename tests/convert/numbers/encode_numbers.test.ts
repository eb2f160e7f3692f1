import { decodeNumbers } from '../../../src/convert/numbers/decode_numbers';
import { encodeHalves, type HalfType } from '../../../src/convert/numbers/encode_numbers';

const bytesOf = (halves: Uint16Array<ArrayBuffer>) => new Uint8Array(halves.buffer);

test.each(['float16', 'bfloat16'] as const)('every %s comes back as it was', (type) => {
  const halves = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
  const values = decodeNumbers(bytesOf(halves), type);
  const encoded = encodeHalves(values, type, 'w');
  // A NaN may come back as another NaN.
  const wrong = encoded.findIndex((bits, index) => bits !== halves[index] && !Number.isNaN(values[index]));
  expect(wrong).toBe(-1);
  const again = decodeNumbers(bytesOf(encoded), type);
  expect(again.findIndex((value, index) => !Object.is(value, values[index]))).toBe(-1);
});

const half = 2 ** -11;
const subnormal = 2 ** -24;
// Values between two neighbours: what is nearest, and to even where both are.
const cases: Array<[string, HalfType, value: number, expected: number]> = [
  ['below the middle', 'float16', 1 + half * 0.99, 1],
  ['the middle, to the even one below', 'float16', 1 + half, 1],
  ['the middle, to the even one above', 'float16', 1 + 3 * half, 1 + 4 * half],
  ['above the middle', 'float16', 1 + half * 1.01, 1 + 2 * half],
  ['up into the next power of two', 'float16', 2 - half / 2, 2],
  ['negative', 'float16', -(1 + 3 * half), -(1 + 4 * half)],
  ['half of the smallest', 'float16', subnormal / 2, 0],
  ['just above half of the smallest', 'float16', (subnormal / 2) * (1 + 2 ** -20), subnormal],
  ['one and a half of the smallest', 'float16', 1.5 * subnormal, 2 * subnormal],
  ['the largest subnormal, up', 'float16', 2 ** -14 - subnormal / 4, 2 ** -14],
  ['the largest of all', 'float16', 65504, 65504],
  ['what rounds down to the largest', 'float16', 65519, 65504],
  ['infinity', 'float16', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ['the middle, to even', 'bfloat16', 1 + 2 ** -8, 1],
  ['the middle, to even above', 'bfloat16', 1 + 3 * 2 ** -8, 1 + 2 ** -6],
  ['above the middle', 'bfloat16', 1 + 2 ** -8 * 1.01, 1 + 2 ** -7],
  ['beyond the largest', 'bfloat16', 3.4e38, Number.POSITIVE_INFINITY],
  ['the smallest subnormal float32', 'bfloat16', 2 ** -149, 0],
];
test.each(cases)('%s (%s): %d', (_name, type, value, expected) => {
  const [stored] = decodeNumbers(bytesOf(encodeHalves(Float32Array.of(value), type, 'w')), type);
  expect(stored).toBe(expected);
});

test.each([65520, -1e6])('%d is refused as float16', (value) => {
  expect(() => encodeHalves(Float32Array.of(0, value), 'float16', 'classifier.weight')).toThrow(
    `Weight classifier.weight must have no value beyond 65504 to be stored as float16, received ${value}`,
  );
});
