import { readFileSync } from 'node:fs';
import { DebertaV2Config } from '../../../src/config/deberta_v2_config';
import { openTf2 } from '../../../src/convert/tensorflow/tf2_reader';
import { encodeMessage } from '../../../src/protobuf/encode_message';
import { OBJECT_GRAPH } from '../../../src/tensor_bundle/bundle_schema';
import { handmadeBundle, handmadeIndex } from '../../tensor_bundle/handmade_bundle';
import { memorySource } from '../../tensor_bundle/memory_source';
import { fixturePath, smallConfig } from '../support';

const FOLDER = 'tf2_positions';
const NAMES = ['tf_model.index', 'tf_model.data-00000-of-00001'];
const files: Readonly<Record<string, Uint8Array>> = Object.fromEntries(
  NAMES.map((name) => [name, readFileSync(fixturePath(FOLDER, name))]),
);
const config = DebertaV2Config.fromJSON(JSON.parse(readFileSync(fixturePath(FOLDER, 'config.json'), 'utf8')));

/** Everything a checkpoint holds. */
async function readAll(contents: Readonly<Record<string, Uint8Array>>) {
  const reader = await openTf2(memorySource(contents), 'tf_model.index', config);
  const tensors: [name: string, knownAs: string | undefined, values: Float32Array][] = [];
  for (const [name, { knownAs }] of reader.tensors) tensors.push([name, knownAs, await reader.read(name)]);
  await reader.close();
  return tensors;
}

/** Reads damaged files: they give what the whole ones give, or an error that says which file is wrong. */
async function expectWholeOrRefused(damaged: Readonly<Record<string, Uint8Array>>) {
  const result = await readAll(damaged).catch((error: unknown) => error);
  if (result instanceof Error) {
    expect(() => {
      throw result;
    }).toThrowDebertaError('checkpoint', /memory\/tf_model\./);
  } else expect(result).toEqual(await readAll(files));
  return result;
}

describe.each(NAMES)('a damaged %s', (name) => {
  const whole = files[name]!;

  test('cut short at every kilobyte is refused', async () => {
    for (let length = 0; length < whole.length; length += 1024) {
      const result = await expectWholeOrRefused({ ...files, [name]: whole.subarray(0, length) });
      expect(result).toBeInstanceOf(Error);
    }
  });

  test('with a byte changed is refused', async () => {
    for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 40)) {
      const changed = whole.map((byte, index) => (index === at ? byte ^ 0x10 : byte));
      await expectWholeOrRefused({ ...files, [name]: changed });
    }
  });
});

describe('the description of objects', () => {
  const key = 'deberta/embeddings/weight/.ATTRIBUTES/VARIABLE_VALUE';
  const weight = { data: Float32Array.of(1) };
  const open = (contents: Record<string, Uint8Array>) => openTf2(memorySource(contents), 'model.index', smallConfig);

  test('may refer to itself without end', async () => {
    const graph = encodeMessage(OBJECT_GRAPH, {
      nodes: [
        { children: [{ node_id: 1, local_name: 'a' }] },
        {
          children: [
            { node_id: 0, local_name: 'b' },
            { node_id: 1, local_name: 'c' },
          ],
        },
      ],
    });
    const text = Buffer.from(graph).toString('latin1');
    const reader = await open(handmadeBundle({ _CHECKPOINTABLE_OBJECT_GRAPH: { data: text }, [key]: weight }));
    expect([...reader.tensors.keys()]).toEqual(['deberta/embeddings/weight']);
  });

  const OBJECTS = '_CHECKPOINTABLE_OBJECT_GRAPH';
  const huge = 17 * 1024 * 1024;
  test.each<[what: string, contents: Record<string, Uint8Array>, message: RegExp]>([
    ['is damaged', handmadeBundle({ [OBJECTS]: { data: '\x0a\x7f' } }), /object graph of .* is damaged/],
    ['holds numbers', handmadeBundle({ [OBJECTS]: weight }), /must be a text .* received float/],
    [
      'is too large',
      {
        'model.index': handmadeIndex({ [OBJECTS]: { dtype: 7, size: huge } }),
        'model.data-00000-of-00001': new Uint8Array(huge),
      },
      /must be a text of at most 16777216 bytes/,
    ],
  ])('%s', async (_what, contents, message) => {
    await expect(() => open(contents)).toThrowDebertaError('checkpoint', message);
  });
});
