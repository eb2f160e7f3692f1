import { openCheckpoint } from '../../src/convert/open_checkpoint';
import { readWeight, readWeightChunks } from '../../src/convert/read_weight';
import { weightSpecs } from '../../src/convert/weight_names';
import { planWeights } from '../../src/convert/weight_plan';
import { deterministicWeight } from '../harness';
import { concatenate, type Fixture, fixturePath, fixtures } from './support';

/** Rounds to the nearest of the half-width floats that share float32's first or reach 65504; ties to even. */
function roundTo(dtype: 'float32' | 'float16' | 'bfloat16', value: number): number {
  const fractionBits = { float32: 23, float16: 10, bfloat16: 7 }[dtype];
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), dtype === 'float16' ? -14 : -126);
  const unit = 2 ** (exponent - fractionBits);
  const scaled = value / unit;
  const floor = Math.floor(scaled);
  const isTie = scaled - floor === 0.5;
  return (isTie ? floor + (floor % 2) : Math.round(scaled)) * unit;
}

const PYTORCH_FORMATS: readonly Fixture['format'][] = ['safetensors', 'bin', 'original'];

describe.each(fixtures)('$name', ({ name, format, class: architecture, dtype }) => {
  test('every weight is read exactly', async () => {
    const { reader, config, architecture: named, close } = await openCheckpoint(fixturePath(name));
    expect(named).toBe(architecture);
    expect(reader.format).toBe(format === 'tf_safetensors' ? 'safetensors' : format);
    expect(reader.layout).toBe(PYTORCH_FORMATS.includes(format) ? 'pytorch' : 'tf');
    const specs = weightSpecs(config, architecture);
    const { entries, info } = planWeights(reader.tensors, reader.layout, specs);
    expect(info).toEqual({ missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] });
    expect(entries.map(({ spec }) => spec)).toEqual(specs);
    for (const entry of entries) {
      const expected = deterministicWeight(entry.spec, architecture).map((value) => roundTo(dtype, value));
      expect(await readWeight(reader, entry)).toEqual(expected);
      expect(await concatenate(readWeightChunks(reader, entry))).toEqual(expected);
    }
    await close();
  });

  test('rows are slices of the first axis', async () => {
    const { reader, close } = await openCheckpoint(fixturePath(name));
    for (const [tensor, { shape }] of reader.tensors) {
      const whole = await reader.read(tensor);
      const rows = shape[0]!;
      const rowLength = whole.length / rows;
      const middle = Math.floor(rows / 2);
      expect(await reader.read(tensor, [0, middle])).toEqual(whole.subarray(0, middle * rowLength));
      expect(await reader.read(tensor, [middle, rows])).toEqual(whole.subarray(middle * rowLength));
      expect(await reader.read(tensor, [middle, middle])).toHaveLength(0);
    }
    await close();
  });

  test('other rows and other names are refused', async () => {
    const { reader, close } = await openCheckpoint(fixturePath(name));
    const [tensor, { shape }] = [...reader.tensors][0]!;
    await expect(() => reader.read(tensor, [0, shape[0]! + 1])).toThrowDebertaError('checkpoint', /rows 0 to \d+/);
    await expect(() => reader.read('nothing')).toThrowDebertaError('checkpoint', /a tensor nothing and does not/);
    await close();
  });
});
