import { cp, mkdir, rm } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { openCheckpoint } from '../../../src/convert/open_checkpoint';
import { readWeight } from '../../../src/convert/read_weight';
import { openSavedModel } from '../../../src/convert/tensorflow/saved_model_reader';
import { SAVED_OBJECTS } from '../../../src/convert/tensorflow/saved_objects';
import { weightSpecs } from '../../../src/convert/weight_names';
import { planWeights } from '../../../src/convert/weight_plan';
import { TFDebertaV2ForSequenceClassification } from '../../../src/models/sequence_classification';
import { encodeMessage } from '../../../src/protobuf/encode_message';
import { localFolder } from '../../../src/sources/local_folder';
import { openTensorBundle } from '../../../src/tensor_bundle/tensor_bundle';
import { OBJECT_GRAPH_KEY } from '../../../src/tensor_bundle/variable_names';
import { writeTensorBundle } from '../../../src/tensor_bundle/write_tensor_bundle';
import { deterministicModel, deterministicWeight } from '../../harness';
import { handmadeBundle } from '../../tensor_bundle/handmade_bundle';
import { memorySource } from '../../tensor_bundle/memory_source';
import { fixturePath, fixtures, smallConfig, useTemporaryFolder } from '../support';

const folder = useTemporaryFolder();
const VALUE = '/.ATTRIBUTES/VARIABLE_VALUE';
const saved = fixtures.filter(({ format }) => format === 'savedmodel');

/** What a SavedModel says about objects: the way to each variable, by the number of the next object. */
function savedObjects(nodes: ReadonlyArray<{ to?: Record<string, number>; name?: string }>): Uint8Array {
  const messages = nodes.map(({ to = {}, name }) => ({
    children: Object.entries(to).map(([local_name, node_id]) => ({ local_name, node_id })),
    ...(name !== undefined && { variable: { name } }),
  }));
  return encodeMessage(SAVED_OBJECTS, { meta_graphs: [{ object_graph_def: { nodes: messages } }] });
}

describe('a SavedModel whose checkpoint does not describe its objects', () => {
  test.each(saved)('$name is known by saved_model.pb', async ({ name, class: architecture }) => {
    await cp(fixturePath(name), folder.path, { recursive: true });
    const bundle = await openTensorBundle(localFolder(fixturePath(name)), 'variables/variables.index');
    const keys = [...bundle.entries].filter(([key]) => key !== OBJECT_GRAPH_KEY);
    const tensors = keys.map(([key, { shape, size }]) => ({
      name: key,
      shape,
      async *pieces() {
        yield new Float32Array((await bundle.read(key, 0, size)).slice().buffer);
      },
    }));
    await rm(folder.join('variables'), { recursive: true });
    await mkdir(folder.join('variables'));
    await writeTensorBundle(folder.join('variables', 'variables'), [tensors]);
    await bundle.close();
    const { config, reader, close } = await openCheckpoint(folder.path);
    const { entries, info } = planWeights(reader.tensors, reader.layout, weightSpecs(config, architecture));
    expect(info).toEqual({ missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] });
    for (const entry of entries) {
      expect(await readWeight(reader, entry)).toEqual(deterministicWeight(entry.spec, architecture));
    }
    await close();
  });

  const name = 'tf_deberta_v2_model/deberta/embeddings/word_embeddings/weight';
  const open = (pb: Uint8Array | undefined, key = `variables/0${VALUE}`) => {
    const files = handmadeBundle({ [key]: { data: Float32Array.of(1) } }, 'variables/variables');
    return openSavedModel(memorySource({ ...files, ...(pb && { 'saved_model.pb': pb }) }), smallConfig);
  };

  test.each<[what: string, nodes: Parameters<typeof savedObjects>[0], knownAs: string | undefined]>([
    ['is led to', [{ to: { variables: 1 } }, { to: { 0: 2 } }, { name }], name],
    ['is led to through the root itself', [{ to: { variables: 0, 0: 1 } }, { name }], name],
    ['has no name', [{ to: { variables: 1 } }, { to: { 0: 2 } }, {}], undefined],
    ['is nowhere', [{ to: { variables: 7 } }], undefined],
    ['is in a graph of no objects', [], undefined],
  ])('a variable that %s', async (_what, nodes, knownAs) => {
    const { tensors } = await open(savedObjects(nodes));
    expect(tensors.get('variables/0')!.knownAs).toBe(knownAs);
  });

  test.each<[what: string, pb: Uint8Array | undefined, message: RegExp]>([
    ['missing', undefined, /saved_model\.pb could not be read/],
    ['damaged', Uint8Array.of(18, 100), /saved_model\.pb must be a protobuf message and is damaged/],
  ])('saved_model.pb is %s', async (_what, pb, message) => {
    await expect(() => open(pb)).toThrowDebertaError('checkpoint', message);
  });

  test('names of variables as keys need no saved_model.pb', async () => {
    const { tensors, format } = await open(undefined, name);
    expect(format).toBe('savedmodel');
    expect([...tensors.keys()]).toEqual([name]);
  });
});

describe('what exportSavedModel writes', () => {
  const configs: Array<[what: string, changes: Parameters<typeof smallConfig.with>[0]]> = [
    ['shared projections', {}],
    ['own projections', { shareAttKey: false }],
    ['no terms of positions', { posAttType: [] }],
  ];
  test.each(configs)('is read back: %s', async (_what, changes) => {
    await tf.setBackend('cpu');
    const config = smallConfig.with(changes);
    const model = deterministicModel(TFDebertaV2ForSequenceClassification, config);
    await model.exportSavedModel(folder.join('out'));
    model.dispose();
    const reader = await openSavedModel(localFolder(folder.join('out')), config);
    const specs = weightSpecs(config, 'TFDebertaV2ForSequenceClassification');
    const { entries, info } = planWeights(reader.tensors, reader.layout, specs);
    expect(info).toEqual({ missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] });
    for (const entry of entries) {
      const expected = deterministicWeight(entry.spec, 'TFDebertaV2ForSequenceClassification');
      expect(await readWeight(reader, entry)).toEqual(expected);
    }
    await reader.close();
  });
});
