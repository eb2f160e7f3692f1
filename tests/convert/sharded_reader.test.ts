import { cp, rm, writeFile } from 'node:fs/promises';
import { openCheckpoint } from '../../src/convert/open_checkpoint';
import { openSafetensors } from '../../src/convert/safetensors/safetensors_reader';
import { openSharded } from '../../src/convert/sharded_reader';
import { at, fixturePath, readJsonFile, safetensorsBytes, useTemporaryFolder } from './support';

const folder = useTemporaryFolder();

async function write(weightMap: unknown, shards: Record<string, readonly string[]>): Promise<string> {
  for (const [file, names] of Object.entries(shards)) {
    const tensors = names.map((name) => [name, { dtype: 'F32', shape: [1], data: Float32Array.of(name.length) }]);
    await writeFile(folder.join(file), safetensorsBytes(Object.fromEntries(tensors)));
  }
  const path = folder.join('model.safetensors.index.json');
  await writeFile(path, JSON.stringify({ metadata: {}, weight_map: weightMap }));
  return path;
}

const open = (path: string) => openSharded(...at(path), openSafetensors);

test("TensorFlow's index has the model's name before the weight's, its shards do not", async () => {
  const map = { 'tf_model_1/deberta/a:0': 'one', 'tf_model_1/deberta/bc:0': 'two' };
  const reader = await open(await write(map, { one: ['deberta/a:0'], two: ['deberta/bc:0'] }));
  expect(reader).toMatchObject({ format: 'safetensors', layout: 'tf' });
  expect([...reader.tensors.keys()]).toEqual(['deberta/a:0', 'deberta/bc:0']);
  expect([...(await reader.read('deberta/bc:0'))]).toEqual([12]);
  await reader.close();
});

test('the layout is that of all shards, the first of which may be empty', async () => {
  const reader = await open(await write({ 'a/b': 'two', none: 'one' }, { one: ['none'], two: ['a/b'] }));
  expect(reader.layout).toBe('tf');
  await reader.close();
});

const cases: Array<[string, map: unknown, message: RegExp]> = [
  ['a missing shard', { a: 'none.safetensors' }, /none\.safetensors could not be read: it does not exist/],
  ['a shard above the folder', { a: '../one' }, /must name files of its own folder, received "\.\.\/one"/],
  ['a shard by absolute path', { a: '/etc/passwd' }, /of its own folder, received "\/etc\/passwd"/],
  ['a shard behind a backslash', { a: '..\\one' }, /of its own folder, received "\.\.\\\\one"/],
  ['a shard in a folder below', { a: 'below/one' }, /of its own folder, received "below\/one"/],
  ['the parent folder', { a: '..' }, /of its own folder, received "\.\."/],
  ['the folder itself', { a: '.' }, /of its own folder, received "\."/],
  ['no name', { a: '' }, /of its own folder, received ""/],
  ['a tensor that its shard lacks', { a: 'one', b: 'one' }, /one must hold b, as .* says, and does not/],
  ['a map that is none', ['one'], /must hold a weight_map from tensor to file/],
  ['a map to something else', { a: 1 }, /must hold a weight_map from tensor to file/],
];
test.each(cases)('%s is refused', async (_name, map, message) => {
  const path = await write(map, { one: ['a'] });
  await expect(() => open(path)).toThrowDebertaError('checkpoint', message);
});

test.each([
  ['safetensors_sharded', 'model-00002-of-00003.safetensors'],
  ['tf_safetensors_sharded', 'model-00003-of-00003.safetensors'],
  ['h5_sharded', 'tf_model-00001-of-00003.h5'],
])('%s without one of its shards is refused', async (name, shard) => {
  await cp(fixturePath(name), folder.path, { recursive: true });
  await rm(folder.join(shard));
  await expect(() => openCheckpoint(folder.path)).toThrowDebertaError(
    'checkpoint',
    new RegExp(`${shard} could not be`),
  );
});

test('the fixtures name every tensor once', async () => {
  const index = await readJsonFile(fixturePath('safetensors_sharded', 'model.safetensors.index.json'));
  const { reader, close } = await openCheckpoint(fixturePath('safetensors_sharded'));
  expect([...reader.tensors.keys()].sort()).toEqual(Object.keys(index.weight_map).sort());
  await close();
});
