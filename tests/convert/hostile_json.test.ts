import { truncate, writeFile } from 'node:fs/promises';
import { openSafetensors } from '../../src/convert/safetensors/safetensors_reader';
import { openSharded } from '../../src/convert/sharded_reader';
import { openTfjs } from '../../src/convert/tfjs/tfjs_reader';
import { at, rawSafetensors, readOne, useTemporaryFolder } from './support';

const folder = useTemporaryFolder();
const NESTED = 100_000;
/** So many sizes of 2^40 that their product is no number any more. */
const HUGE_SHAPE = new Array(30).fill(2 ** 40);
const four = new Uint8Array(Float32Array.of(7).buffer);

async function write(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(folder.join(name), content);
  return folder.join(name);
}

const deep = (text: string) => `${'['.repeat(NESTED)}${text}${']'.repeat(NESTED)}`;

describe('safetensors', () => {
  const open = async (header: string, data: Uint8Array = four) =>
    openSafetensors(...at(await write('model.safetensors', rawSafetensors(header, data))));
  const entry = (offsets = '[0,4]', shape = '[1]', more = '') =>
    `{"dtype":"F32","shape":${shape},"data_offsets":${offsets}${more}}`;

  const cases: Array<[string, header: string, message: RegExp]> = [
    [
      'two tensors of one name',
      `{"a":${entry()},"a":${entry('[0,4]', '[1,1]')}}`,
      /Tensor a in .* one entry, received two/,
    ],
    ['one name spelled in two ways', `{"a":${entry()},"\\u0061":${entry()}}`, /Tensor a in .* one entry, received two/],
    ['a header of lists in lists', deep(''), /header of .* must be a JSON object/],
    ['an entry of lists in lists', `{"a":${deep('')}}`, /Tensor a in .* two data_offsets, received something else/],
    ['sizes of lists in lists', `{"a":${entry('[0,4]', deep(''))}}`, /two data_offsets, received something else/],
    ['an endless list', '['.repeat(NESTED), /header of .* must be JSON/],
    ['a shape beyond all numbers', `{"a":${entry('[0,4]', JSON.stringify(HUGE_SHAPE))}}`, /must have Infinity bytes/],
    ['nothing times infinity', `{"a":${entry('[0,0]', JSON.stringify([...HUGE_SHAPE, 0]))}}`, /must have NaN bytes/],
    ['offsets above 2^53', `{"a":${entry('[0,9007199254740993]')}}`, /two data_offsets/],
    ['offsets below 0', `{"a":${entry('[-4,0]')}}`, /two data_offsets/],
    ['offsets between bytes', `{"a":${entry('[0.5,4.5]')}}`, /two data_offsets/],
    ['offsets without end', `{"a":${entry('[0,1e999]')}}`, /two data_offsets/],
    ['three offsets', `{"a":${entry('[0,4,8]')}}`, /two data_offsets/],
    ['offsets that are texts', `{"a":${entry('["0","4"]')}}`, /two data_offsets/],
    [
      'a type called like a part of every object',
      `{"a":${entry().replace('F32', 'constructor')}}`,
      /received constructor/,
    ],
    ['an empty header', '', /must be JSON/],
    ['nothing', 'null', /must be a JSON object/],
    ['a name with a line end', '{"a\\nb":0}', /Tensor a b in/],
  ];
  test.each(cases)('%s: refused', async (_name, header, message) => {
    await expect(() => open(header)).toThrowDebertaError('checkpoint', message);
  });

  test.each(['__proto__', 'constructor', 'toString', '', ' ', '\\u0000', 'größe'])(
    'a tensor may be called "%s"',
    async (name) => {
      const reader = await open(`{"${name}":${entry()}}`);
      const [key] = [...reader.tensors.keys()];
      expect(key).toBe(JSON.parse(`"${name}"`));
      expect([...(await reader.read(key!))]).toEqual([7]);
      await reader.close();
      expect(({} as Record<string, unknown>).dtype).toBeUndefined();
    },
  );

  test.each(['1', '[]', '{"format":1}', '"pt"', deep('')])(
    'metadata of another kind do not matter',
    async (metadata) => {
      expect(await readOne(open(`{"__metadata__":${metadata},"a":${entry()}}`), 'a')).toEqual([7]);
    },
  );
});

describe('tfjs', () => {
  const open = async (manifest: unknown) =>
    openTfjs(...at(await write('model.json', JSON.stringify({ weightsManifest: manifest }))));
  const weight = { name: 'x', shape: [1], dtype: 'float32' };
  const group = { paths: ['a.bin'], weights: [weight] };
  const none = { paths: [], weights: [] };

  beforeEach(() => write('a.bin', four));

  const cases: Array<[string, manifest: unknown, message: RegExp]> = [
    ['a shard of two groups', [group, { ...group, weights: [{ ...weight, name: 'y' }] }], /list the file a\.bin once/],
    [
      'a shard twice',
      [{ paths: ['a.bin', 'a.bin'], weights: [{ ...weight, shape: [2] }] }],
      /list the file a\.bin once/,
    ],
    ['a weight twice', [{ ...group, weights: [{ ...weight, shape: [0] }, weight] }], /list the weight x once/],
    [
      'a shape beyond all numbers',
      [{ ...group, weights: [{ ...weight, shape: HUGE_SHAPE }] }],
      /must hold Infinity bytes/,
    ],
    [
      'a shape above 2^53',
      [{ ...group, weights: [{ ...weight, shape: [2 ** 27, 2 ** 27] }] }],
      /must hold \d+ bytes, received 4/,
    ],
    ['a size above 2^53', [{ ...group, weights: [{ ...weight, shape: [2 ** 60] }] }], /must be the model\.json/],
    [
      'a million shards that are not there',
      [{ ...group, paths: new Array(1_000_000).fill('b.bin') }],
      /b\.bin could not be read/,
    ],
    ['a backslash', [{ ...group, paths: ['..\\a.bin'] }], /of its own folder/],
    ['a file with an end in its name', [{ ...group, paths: ['a.bin\u0000'] }], /of its own folder/],
    ['the folder', [{ ...group, paths: ['.'] }], /of its own folder/],
    ['itself', [{ ...group, paths: ['model.json'] }], /model\.json of .* must hold 4 bytes/],
  ];
  test.each(cases)('%s: refused', async (_name, manifest, message) => {
    await expect(() => open(manifest)).toThrowDebertaError('checkpoint', message);
  });

  test.each(['scale', 'min'])('a %s that is not finite is refused', async (field) => {
    const quantization = JSON.stringify({ dtype: 'uint8', scale: 1, min: 0, [field]: 0 }).replace(
      `"${field}":0`,
      `"${field}":1e999`,
    );
    const text = JSON.stringify({ weightsManifest: [{ ...group, weights: [{ ...weight, quantization: '?' }] }] });
    const path = await write('model.json', text.replace('"?"', quantization));
    await expect(() => openTfjs(...at(path))).toThrowDebertaError('checkpoint', /must be the model\.json/);
  });

  test('a hundred thousand groups without weights are read', async () => {
    expect(await readOne(open([...new Array(100_000).fill(none), group]), 'x')).toEqual([7]);
  });

  test.each(['__proto__', 'constructor'])('a weight may be called %s', async (name) => {
    expect(await readOne(open([{ ...group, weights: [{ ...weight, name }] }]), name)).toEqual([7]);
  });

  test('a model.json of more than 100 MB is refused before it is read', async () => {
    const path = await write('model.json', '{}');
    await truncate(path, 20_000_000_000);
    await expect(() => openTfjs(...at(path))).toThrowDebertaError('checkpoint', /must have at most 100000000 bytes/);
  });

  test('lists in lists are refused', async () => {
    const path = await write('model.json', deep(''));
    await expect(() => openTfjs(...at(path))).toThrowDebertaError('checkpoint', /must be the model\.json/);
  });
});

describe('an index', () => {
  const NAME = 'model.safetensors.index.json';
  const entry = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
  const open = async (weightMap: string) =>
    openSharded(...at(await write(NAME, `{"weight_map":${weightMap}}`)), openSafetensors);

  beforeEach(async () => {
    await write('one', rawSafetensors(`{"a":${entry}}`, four));
    await write('two', rawSafetensors(`{"a":${entry},"b":${entry.replace('0,4', '4,8')}}`, new Uint8Array(8)));
    await write('three', rawSafetensors(`{"__proto__":${entry}}`, four));
  });

  const cases: Array<[string, weightMap: string, message: RegExp]> = [
    ['itself', `{"a":"${NAME}"}`, /header of .*index\.json must be at most/],
    ['a file with an end in its name', '{"a":"one\\u0000"}', /of its own folder/],
    ['a path of Windows', '{"a":"C:\\\\one"}', /of its own folder/],
    ['no file', '{"a":null}', /must hold a weight_map/],
    ['files of lists in lists', `{"a":${deep('')}}`, /must hold a weight_map/],
    ['nothing', '{}', /must hold a weight_map/],
    ['a text', '"one"', /must hold a weight_map/],
    ['a hidden tensor that is not there', '{"a":"one","__proto__":"one"}', /one must hold __proto__/],
    ['a hidden file', '{"a":"one","__proto__":"../one"}', /of its own folder/],
  ];
  test.each(cases)('of %s: refused', async (_name, weightMap, message) => {
    await expect(() => open(weightMap)).toThrowDebertaError('checkpoint', message);
  });

  test('chooses among files that hold the same tensor', async () => {
    expect(await readOne(open('{"a":"one","b":"two"}'), 'a')).toEqual([7]);
    expect(await readOne(open('{"b":"two","a":"one"}'), 'a')).toEqual([7]);
  });

  test('may list a tensor called __proto__', async () => {
    expect(await readOne(open('{"__proto__":"three"}'), '__proto__')).toEqual([7]);
  });
});
