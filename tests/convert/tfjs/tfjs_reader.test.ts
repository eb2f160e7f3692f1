import { writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { openTfjs } from '../../../src/convert/tfjs/tfjs_reader';
import { at, readOne, useTemporaryFolder } from '../support';

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
  const reader = await openTfjs(...at(await write([weight('x', [1]), weight('y', [2, 2]), weight('z', [])], shards)));
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
  expect(await readOne(openTfjs(...at(folder.join('model.json'))), 'b')).toEqual([2]);
});

const whole = { 'a.bin': bytesOf(1, 2) };
const cases: Array<[string, make: () => Promise<string>, message: RegExp]> = [
  [
    'a quantization without scale',
    () => write([weight('x', [2], { quantization: { dtype: 'uint8', min: 0 } })], whole),
    /Weight x in .* quantized with scale and min, received float32 quantized by \{"dtype":"uint8","min":0\}/,
  ],
  ['texts', () => write([weight('x', [2], { dtype: 'string' })], whole), /Weight x in .* numbers, .*received string/],
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
  await expect(() => openTfjs(...at(path))).toThrowDebertaError('checkpoint', message);
});

const stored: Array<[string, more: object, data: ArrayBufferView<ArrayBuffer>]> = [
  ['float16', { quantization: { dtype: 'float16' } }, Uint16Array.of(0x3c00, 0xc000, 0x0001)],
  ['uint8', { quantization: { dtype: 'uint8', scale: 0.25, min: -1.5 } }, Uint8Array.of(0, 6, 255)],
  ['uint16', { quantization: { dtype: 'uint16', scale: 0.1, min: -3 } }, Uint16Array.of(0, 30, 65535)],
  ['int32', { dtype: 'int32' }, Int32Array.of(-1, 0, 7)],
];
test.each(stored)('%s comes out as tfjs itself decodes it', async (_name, more, data) => {
  const bytes = new Uint8Array(data.buffer);
  const spec = weight('x', [3], more) as tf.io.WeightsManifestEntry;
  const { x } = tf.io.decodeWeights(bytes.buffer, [spec]);
  expect(await readOne(openTfjs(...at(await write([spec], { 'a.bin': bytes }))), 'x')).toEqual([...(await x!.data())]);
  x!.dispose();
});
