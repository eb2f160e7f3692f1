import { measureQuantization, type QuantizedType, quantize } from '../../../src/convert/numbers/quantize';

async function* inPieces(...pieces: number[][]): AsyncGenerator<Float32Array> {
  for (const values of pieces) yield Float32Array.from(values);
}

const TYPES: readonly QuantizedType[] = ['uint8', 'uint16'];

describe.each(TYPES)('%s', (dtype) => {
  const values = [-0.7, 0.11, 0, 1.3, 0.65, -0.0001];

  test('every value lies within half a step, zero exactly', async () => {
    const quantization = await measureQuantization(inPieces(values.slice(0, 2), values.slice(2)), dtype, 'w');
    const numbers = quantize(Float32Array.from(values), quantization);
    values.forEach((value, index) => {
      const restored = Math.fround(numbers[index]! * quantization.scale + quantization.min);
      // Moving zero onto a step moves the ends of the range by up to half a step.
      expect(Math.abs(restored - value)).toBeLessThanOrEqual(1.01 * quantization.scale);
      if (value === 0) expect(restored).toBe(0);
    });
    expect(quantization.scale).toBeCloseTo(2 / (dtype === 'uint8' ? 255 : 65535), 9);
  });

  const constants: Array<[string, number[]]> = [
    ['all values alike', [0.3, 0.3]],
    ['a single value', [-2]],
    ['no values', []],
    ['zeros', [0, 0]],
  ];
  test.each(constants)('%s come back exactly', async (_name, constant) => {
    const floats = Float32Array.from(constant);
    const quantization = await measureQuantization(inPieces(constant), dtype, 'w');
    const restored = Array.from(
      quantize(floats, quantization),
      (number) => number * quantization.scale + quantization.min,
    );
    expect(restored).toEqual([...floats]);
  });

  test('a range without zero is used whole', async () => {
    const quantization = await measureQuantization(inPieces([2, 3]), dtype, 'w');
    expect(quantization.min).toBe(2);
    expect([...quantize(Float32Array.of(2, 3), quantization)]).toEqual([0, dtype === 'uint8' ? 255 : 65535]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('%d is refused', async (value) => {
    await expect(() => measureQuantization(inPieces([0, value]), dtype, 'w')).toThrowDebertaError(
      'input',
      new RegExp(`Weight w must have finite values to be stored as ${dtype}, received ${value}`),
    );
  });
});
