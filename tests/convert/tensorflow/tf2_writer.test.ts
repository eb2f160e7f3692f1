import { readFile } from 'node:fs/promises';
import { writeCheckpoint } from '../../../src/convert/checkpoint_writer';
import { convertCheckpoint } from '../../../src/convert/convert_checkpoint';
import { weightSpecs } from '../../../src/convert/weight_names';
import { localFolder } from '../../../src/sources/local_folder';
import { openTensorBundle } from '../../../src/tensor_bundle/tensor_bundle';
import { OBJECT_GRAPH_KEY, variableNames } from '../../../src/tensor_bundle/variable_names';
import {
  countedValues,
  countingValues,
  fixturePath,
  fixtures,
  listFolder,
  readAllWeights,
  smallConfig,
  useTemporaryFolder,
} from '../support';

const folder = useTemporaryFolder();

/** What a checkpoint says about its tensors, and which variables they are. */
async function describeBundle(path: string) {
  const bundle = await openTensorBundle(localFolder(path), 'tf_model.index');
  const graph = await bundle.readText(OBJECT_GRAPH_KEY);
  await bundle.close();
  const tensors = [...bundle.entries].flatMap(([key, { dtype, shape }]) =>
    key === OBJECT_GRAPH_KEY ? [] : [{ key, dtype, shape }],
  );
  return { tensors, names: [...variableNames(path, graph)].sort() };
}

describe('a written TF2 checkpoint', () => {
  const saved = fixtures.filter(({ name }) => /^tf2_(?!adam|legacy|saver)/.test(name));

  test.each(saved)('has the keys, types, shapes and names of $name, which Keras wrote', async ({ name }) => {
    await convertCheckpoint(fixturePath(name), folder.join('out'), { format: 'tf2' });
    expect(await describeBundle(folder.join('out'))).toEqual(await describeBundle(fixturePath(name)));
    const state = await readFile(folder.join('out', 'checkpoint'), 'utf8');
    expect(state).toBe(await readFile(fixturePath(name, 'checkpoint'), 'utf8'));
  });

  const write = (maxShardSize?: number) =>
    writeCheckpoint(
      folder.path,
      { config: smallConfig, architecture: 'TFDebertaV2ForMaskedLM', format: 'tf2', maxShardSize },
      weightSpecs(smallConfig, 'TFDebertaV2ForMaskedLM'),
      countingValues,
    );

  test.each([undefined, 10_000, 1])('gives back every number, in files of at most %p bytes', async (maxShardSize) => {
    await write(maxShardSize);
    const weights = await readAllWeights(folder.path, 'TFDebertaV2ForMaskedLM');
    for (const spec of weightSpecs(smallConfig, 'TFDebertaV2ForMaskedLM')) {
      expect(weights.get(spec.name)).toEqual(countedValues(spec));
    }
  });

  test('has one data file, or those that the size asks for', async () => {
    await write();
    const others = ['checkpoint', 'config.json'];
    expect(await listFolder(folder.path)).toEqual([...others, 'tf_model.data-00000-of-00001', 'tf_model.index']);
  });

  test('has a data file for what it says about itself beside those of weights', async () => {
    await write(10_000);
    const files = (await listFolder(folder.path)).filter((file) => file.startsWith('tf_model.data'));
    expect(files.length).toBeGreaterThan(2);
    expect(files[0]).toBe(`tf_model.data-00000-of-0000${files.length}`);
    for (const file of files.slice(1)) expect((await readFile(folder.join(file))).length).toBeLessThanOrEqual(10_000);
  });

  test('of the head of the original has its weights too', async () => {
    const config = smallConfig.with({ legacy: false });
    const specs = weightSpecs(config, 'TFDebertaV2ForMaskedLM');
    const options = { config, architecture: 'TFDebertaV2ForMaskedLM', format: 'tf2' } as const;
    await writeCheckpoint(folder.path, options, specs, countingValues);
    const weights = await readAllWeights(folder.path, 'TFDebertaV2ForMaskedLM');
    expect([...weights.keys()]).toEqual(specs.map(({ name }) => name));
  });
});
