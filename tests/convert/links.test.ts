import { cp, mkdir, rename, symlink } from 'node:fs/promises';
import { convertCheckpoint } from '../../src/convert/convert_checkpoint';
import { openCheckpoint } from '../../src/convert/open_checkpoint';
import { fixturePath, listFolder, readAllWeights, useTemporaryFolder } from './support';

const ARCHITECTURE = 'TFDebertaV2ForMaskedLM';
const SHARDED = ['safetensors_sharded', 'bin_sharded'];
const folder = useTemporaryFolder();

/** Lays a checkpoint out as the cache of the hub does: links in `snapshots` lead to files in `blobs`. */
async function asHubCache(fixture: string): Promise<string> {
  const snapshot = folder.join('snapshots', 'c0ffee');
  await mkdir(snapshot, { recursive: true });
  await cp(fixturePath(fixture), folder.join('files'), { recursive: true });
  await mkdir(folder.join('blobs'));
  for (const [index, name] of (await listFolder(folder.join('files'))).entries()) {
    await rename(folder.join('files', name), folder.join('blobs', `${index}`));
    await symlink(`../../blobs/${index}`, folder.join('snapshots', 'c0ffee', name));
  }
  return snapshot;
}

test.each([...SHARDED, 'h5_masked_lm', 'tf2_masked_lm'])(
  '%s is read through links as those of the hub cache',
  async (fixture) => {
    const snapshot = await asHubCache(fixture);
    expect(await readAllWeights(snapshot, ARCHITECTURE)).toEqual(
      await readAllWeights(fixturePath(fixture), ARCHITECTURE),
    );
  },
);

const loops: Array<[string, file: string, target: string, message: RegExp]> = [
  ['a link to itself', 'model.safetensors', 'model.safetensors', /it is a link that leads back to itself/],
  [
    'a link to nothing',
    'model.safetensors',
    '../../blobs/gone',
    /model\.safetensors could not be read: it does not exist/,
  ],
  ['a folder', 'model.safetensors', '.', /it is a folder|must be a file, received a folder/],
  ['an h5 that is a link to itself', 'tf_model.h5', 'tf_model.h5', /it is a link that leads back to itself/],
];
test.each(loops)('%s is refused', async (_name, file, target, message) => {
  await cp(fixturePath('safetensors', 'config.json'), folder.join('config.json'));
  await symlink(target, folder.join(file));
  await expect(() => openCheckpoint(folder.path)).toThrowDebertaError('checkpoint', message);
  await expect(() => openCheckpoint(folder.join(file))).toThrowDebertaError(
    'checkpoint',
    /could not be read|must be a file|must hold/,
  );
});

test('a link as output is replaced, and what it leads to is left alone', async () => {
  await cp(fixturePath('safetensors'), folder.join('elsewhere'), { recursive: true });
  await symlink('elsewhere', folder.join('out'));
  await convertCheckpoint(fixturePath('safetensors'), folder.join('out'), { overwrite: true });
  expect(await listFolder(folder.join('elsewhere'))).toEqual(['config.json', 'model.safetensors']);
  expect(await listFolder(folder.join('out'))).toContain('model.json');
});
