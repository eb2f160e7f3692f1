import { writeFile } from 'node:fs/promises';
import { openTfjs } from '../../src/convert/tfjs_reader';
import { readOne, useTemporaryFolder } from './support';

const folder = useTemporaryFolder();

const weight = (name: string, shape: number[], more: object = {}) => ({ name, shape, dtype: 'float32', ...more });

/** A model.json with shards of the given numbers, all in one group. */
async function write(weights: unknown[], shards: Record<string, Uint8Array>, paths = Object.keys(shards)) {
  for (const [name, bytes] of Object.entries(shards)) await writeFile(folder.join(name), bytes);
  await writeFile(folder.join('model.json'), JSON.stringify({ weightsManifest: [{ paths, weights }] }));
  return folder.join('model.json');
}

const bytesOf = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

test('tensors may begin and end anywhere in the shards', async () => {
  const bytes = bytesOf(1, 2, 3, 4, 5, 6);
  const shards = { 'a.bin': bytes.subarray(0, 6), 'b.bin': bytes.subarray(6, 7), 'c.bin': bytes.subarray(7) };
  const reader = await openTfjs(await write([weight('x', [1]), weight('y', [2, 2]), weight('z', [])], shards));
  expect(reader).toMatchObject({ format: 'tfjs' });
  expect([...(await reader.read('x'))]).toEqual([1]);
  expect([...(await reader.read('y'))]).toEqual([2, 3, 4, 5]);
  expect([...(await reader.read('y', [1, 2]))]).toEqual([4, 5]);
  expect([...(await reader.read('z'))]).toEqual([6]);
  await reader.close();
});

test('a model may have several groups of shards', async () => {
  await writeFile(folder.join('a.bin'), bytesOf(1));
  await writeFile(folder.join('b.bin'), bytesOf(2));
  const groups = ['a', 'b'].map((name) => ({ paths: [`${name}.bin`], weights: [weight(name, [1])] }));
  await writeFile(folder.join('model.json'), JSON.stringify({ weightsManifest: groups }));
  expect(await readOne(openTfjs(folder.join('model.json')), 'b')).toEqual([2]);
});

const whole = { 'a.bin': bytesOf(1, 2) };
const cases: Array<[string, make: () => Promise<string>, message: RegExp]> = [
  [
    'a quantized model',
    () => write([weight('x', [2], { quantization: { dtype: 'uint8', scale: 1, min: 0 } })], whole),
    /Weight x in .* stored as float32, received float32 quantized to uint8; save the model without quantization/,
  ],
  ['integers', () => write([weight('x', [2], { dtype: 'int32' })], whole), /Weight x in .* float32, received int32/],
  ['a shard too short', () => write([weight('x', [3])], whole), /shards a\.bin of .* must hold 12 bytes, received 8/],
  ['a shard too long', () => write([weight('x', [1])], whole), /must hold 4 bytes, received 8/],
  ['a missing shard', () => write([weight('x', [2])], whole, ['b.bin']), /b\.bin could not be read: it does not exist/],
  [
    'a shard outside the folder',
    () => write([weight('x', [2])], whole, ['../a.bin']),
    /must name files of its own folder, received "\.\.\/a\.bin"/,
  ],
  ['a shard elsewhere', () => write([weight('x', [2])], whole, ['/etc/passwd']), /received "\/etc\/passwd"/],
  ['a negative size', () => write([weight('x', [-2])], whole), /must be the model\.json of a tfjs model/],
  [
    'a graph of something else',
    async () => {
      await writeFile(folder.join('model.json'), '{"model_type": "deberta-v2"}');
      return folder.join('model.json');
    },
    /must be the model\.json of a tfjs model, with a weightsManifest, and is not \(see weightsManifest\)/,
  ],
  [
    'no JSON',
    async () => {
      await writeFile(folder.join('model.json'), '{');
      return folder.join('model.json');
    },
    /model\.json must be JSON and is not/,
  ],
];
test.each(cases)('%s is refused', async (_name, make, message) => {
  const path = await make();
  await expect(() => openTfjs(path)).toThrowDebertaError('checkpoint', message);
});
