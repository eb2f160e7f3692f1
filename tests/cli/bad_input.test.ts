import { readdirSync } from 'node:fs';
import { copyFile, cp, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { savePartOf } from './save_part_of';
import { checkpoint, runCli, useSharedFolder } from './support';

const folder = useSharedFolder();

async function changeConfig(path: string, changes: object): Promise<void> {
  const file = join(path, 'config.json');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...changes }));
}

const copyOf =
  (name: string, damage: (path: string) => Promise<unknown>) =>
  async (path: string): Promise<void> => {
    await cp(checkpoint(name), path, { recursive: true });
    await damage(path);
  };

// One row per case: what is wrong, how such a checkpoint comes about, what the sentence says.
const broken: Array<[string, (path: string) => Promise<unknown>, RegExp]> = [
  ['there is no such folder', async () => {}, /could not be read: it does not exist/],
  ['the folder is empty', (path) => mkdir(path), /must hold one of model\.json, .*holds none of them/],
  [
    'the folder is a text file',
    (path) => writeFile(path, 'text'),
    /must end in \.json, \.safetensors, .* or \.index to be read as weights/,
  ],
  ['config.json is missing', copyOf('safetensors', (path) => rm(join(path, 'config.json'))), /must hold config\.json/],
  [
    'config.json is no JSON',
    copyOf('safetensors', (path) => writeFile(join(path, 'config.json'), '{')),
    /config\.json must be JSON/,
  ],
  [
    'it is DeBERTa v1',
    copyOf('safetensors', (path) => changeConfig(path, { model_type: 'deberta' })),
    /this is a DeBERTa v1 checkpoint/,
  ],
  [
    'it is another architecture',
    copyOf('safetensors', (path) => changeConfig(path, { model_type: 'bert' })),
    /only DeBERTa v2 and v3/,
  ],
  [
    'a field is not allowed',
    copyOf('safetensors', (path) => changeConfig(path, { num_attention_heads: 5 })),
    /num_attention_heads|hidden_size must be a multiple/,
  ],
  [
    'the configuration asks for more layers',
    copyOf('safetensors', (path) => changeConfig(path, { num_hidden_layers: 3 })),
    /lacks deberta\.encoder\.layer\.2\..*num_hidden_layers/,
  ],
  [
    'a weight of the encoder is missing',
    (path) => savePartOf(checkpoint('safetensors'), path, { leaveOut: ['deberta.encoder.layer.1.output.dense.bias'] }),
    /lacks deberta\.encoder\.layer\.1\.output\.dense\.bias/,
  ],
  [
    'a pickle is garbage',
    async (path) => {
      await mkdir(path);
      await copyFile(checkpoint('safetensors', 'config.json'), join(path, 'config.json'));
      await writeFile(join(path, 'pytorch_model.bin'), 'PK');
    },
    /pytorch_model\.bin/,
  ],
  [
    'the safetensors file is cut short',
    copyOf('safetensors', (path) => truncate(join(path, 'model.safetensors'), 9000)),
    /model\.safetensors/,
  ],
  [
    'the safetensors file is garbage',
    copyOf('safetensors', (path) => writeFile(join(path, 'model.safetensors'), 'x'.repeat(1000))),
    /model\.safetensors/,
  ],
  [
    'the HDF5 file is cut short',
    copyOf('h5_model', (path) => truncate(join(path, 'tf_model.h5'), 9000)),
    /tf_model\.h5 could not be read as HDF5: it is cut short/,
  ],
  [
    'the HDF5 file is garbage',
    copyOf('h5_model', (path) => writeFile(join(path, 'tf_model.h5'), 'x'.repeat(1000))),
    /tf_model\.h5 could not be read as HDF5: it is no HDF5 file/,
  ],
  [
    'a shard is missing',
    copyOf('safetensors_sharded', (path) => rm(join(path, 'model-00002-of-00003.safetensors'))),
    /model-00002-of-00003\.safetensors could not be read: it does not exist/,
  ],
  [
    'the index names a file outside of the folder',
    copyOf('safetensors_sharded', async (path) => {
      const file = join(path, 'model.safetensors.index.json');
      await writeFile(file, (await readFile(file, 'utf8')).replaceAll('model-00001', '../model-00001'));
    }),
    /model-00001/,
  ],
];

describe.each(broken)('when %s', (_name, make, message) => {
  const place = () => folder.join(expect.getState().currentTestName!.replaceAll(/\W+/g, '_'));

  // `predict` reads the same headers first, and never comes to its texts.
  test.each(['inspect', 'convert', 'predict'])('%s fails with one sentence and writes nothing', async (command) => {
    await mkdir(place());
    const source = join(place(), 'checkpoint');
    await make(source);
    const before = readdirSync(place());
    const rest = { inspect: [], convert: [join(place(), 'output')], predict: ['a text'] }[command]!;

    const { code, stdout, stderr } = await runCli([command, source, ...rest]);
    expect(stderr).toMatch(/^error: [^\n]*\.\n$/);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([1, '']);
    expect(readdirSync(place())).toEqual(before);
  });
});
