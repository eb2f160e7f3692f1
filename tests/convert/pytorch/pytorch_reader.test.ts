import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointReader } from '../../../src/convert/checkpoint_reader';
import { openPytorch } from '../../../src/convert/pytorch/pytorch_reader';
import { openSharded } from '../../../src/convert/sharded_reader';
import { localFolder } from '../../../src/sources/local_folder';
import { call, dictionary, global, int, type Piece, storage, tensor, text, tuple } from '../../pickle/assemble';
import { memoryFile, memorySource } from '../../sources/memory_source';
import { zipBytes } from '../../sources/zip_bytes';
import { fixturePath, readJsonFile } from '../support';
import { FOUR, torchLegacy, torchZip } from './torch_bytes';

const VIEWS = join(__dirname, '..', '..', 'fixtures', 'pytorch_views');

interface ExpectedTensor {
  readonly dtype: string;
  readonly shape: number[];
  readonly values: number[];
}

const expected: Record<string, ExpectedTensor> = JSON.parse(readFileSync(join(VIEWS, 'expected.json'), 'utf8'));
const LEGACY_LACKS = [
  'of_type.float8_e4m3fn',
  'of_type.float8_e5m2',
  'of_type.uint64',
  'of_type.uint32',
  'of_type.uint16',
];

const open = (bytes: Uint8Array) => openPytorch(memorySource({ 'model.bin': bytes }), 'model.bin');
const weights = tensor(storage('0', 'FloatStorage', 4), 0, [2, 2], [2, 1]);

async function readAll(reader: CheckpointReader): Promise<Record<string, number[]>> {
  const values: Record<string, number[]> = {};
  for (const name of reader.tensors.keys()) values[name] = [...(await reader.read(name))];
  await reader.close();
  return values;
}

describe.each([
  ['views.bin', []],
  ['protocol_5.bin', []],
  ['deflated.bin', []],
  ['big_endian.bin', []],
  ['legacy.bin', LEGACY_LACKS],
])('%s', (file, lacks) => {
  const names = Object.keys(expected).filter((name) => !lacks.includes(name));

  test('lists every tensor, and no other value', async () => {
    const reader = await openPytorch(localFolder(VIEWS), file);
    expect(reader.format).toBe('bin');
    expect(reader.layout).toBe('pytorch');
    expect([...reader.tensors.keys()].sort()).toEqual([...names].sort());
    await reader.close();
  });

  test.each(names)('%s', async (name) => {
    const { dtype, shape, values } = expected[name]!;
    const reader = await openPytorch(localFolder(VIEWS), file);
    expect(reader.tensors.get(name)).toEqual({ dtype, shape });
    const whole = await reader.read(name);
    expect([...whole]).toEqual(values);
    const rows = shape[0] ?? 0;
    const rowLength = whole.length / Math.max(rows, 1);
    for (let start = 0; start <= rows; start++) {
      for (let end = start; end <= rows; end++) {
        const part = await reader.read(name, [start, end]);
        expect([...part]).toEqual(values.slice(start * rowLength, end * rowLength));
      }
    }
    await expect(() => reader.read(name, [0, rows + 1])).toThrowDebertaError('checkpoint', /has rows/);
    await reader.close();
  });
});

test('rows of a contiguous tensor are read at their place', async () => {
  const data = new Uint8Array(4_000_000);
  const file = memoryFile(
    torchZip(dictionary(text('w'), tensor(storage('0', 'FloatStorage', 1e6), 0, [1000, 1000], [1000, 1])), {
      0: { data, count: 1e6 },
    }),
  );
  const reader = await openPytorch({ ...memorySource({}), open: async () => file }, 'model.bin');
  file.reads.length = 0;
  await reader.read('w', [500, 502]);
  expect(file.reads.reduce((sum, [, length]) => sum + length, 0)).toBeLessThan(8200);
});

describe('where the state dict may lie', () => {
  const state = dictionary(text('w'), weights);
  const cases: Array<[name: string, value: Piece, names: string[]]> = [
    ['on top', state, ['w']],
    ...['state_dict', 'model_state_dict', 'model', 'module'].map((wrapper): [string, Piece, string[]] => [
      `under ${wrapper}`,
      dictionary(text('epoch'), 'K\x03', text('optimizer'), dictionary(text('m'), weights), text(wrapper), state),
      ['w'],
    ]),
    ['under two wrappers', dictionary(text('state_dict'), dictionary(text('model'), state)), ['w']],
    ['on top, beside a wrapper without tensors', dictionary(text('model'), dictionary(), text('w'), weights), ['w']],
    ['in nested dictionaries', dictionary(text('a'), dictionary(text('b'), state), text('c'), weights), ['a.b.w', 'c']],
    ['in an OrderedDict of pairs', call('collections', 'OrderedDict', ']', tuple(text('w'), weights), 'a'), ['w']],
    ['beside keys that are no texts', dictionary('K\x01', weights, text('w'), weights), ['w']],
    [
      'as parameters',
      dictionary(
        text('w'),
        call('torch._utils', '_rebuild_parameter', weights, '\x88', '}'),
        text('v'),
        call('torch._utils', '_rebuild_parameter_with_state', weights, '\x88', '}', '}'),
      ),
      ['w', 'v'],
    ],
    [
      'as tensors of the first version',
      dictionary(
        text('w'),
        call('torch._utils', '_rebuild_tensor', storage('0', 'FloatStorage', 4), int(0), tuple(int(4)), tuple(int(1))),
      ),
      ['w'],
    ],
    [
      'with a __proto__ among the names',
      dictionary(text('__proto__'), state, text('w'), weights),
      ['__proto__.w', 'w'],
    ],
  ];
  test.each(cases)('%s', async (_name, value, names) => {
    for (const bytes of [torchZip(value, { 0: FOUR }), torchLegacy(value, { 0: FOUR })]) {
      const reader = await open(bytes);
      expect([...reader.tensors.keys()]).toEqual(names);
      for (const name of names) expect([...(await reader.read(name))]).toEqual([1, 2, 3, 4]);
      await reader.close();
    }
  });
});

test('a storage of an old file may be a view of another', async () => {
  const view = storage('0', 'FloatStorage', 4, tuple(text('view'), int(1), int(3)));
  const reader = await open(torchLegacy(dictionary(text('w'), tensor(view, 1, [2], [1])), { 0: FOUR }));
  expect([...(await reader.read('w'))]).toEqual([3, 4]);
});

test('the folder in the archive may have any name', async () => {
  const bytes = torchZip(dictionary(text('w'), weights), { 0: FOUR });
  const renamed = Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll('archive/', 'folder_/'), 'latin1');
  expect(await readAll(await open(Uint8Array.from(renamed)))).toEqual({ w: [1, 2, 3, 4] });
});

test('an embedded configuration becomes JSON', async () => {
  const config = dictionary(
    text('hidden_size'),
    'K\x10',
    text('pos_att_type'),
    tuple(text('c2p'), text('p2c')),
    text('dtype'),
    global('torch', 'float16'),
    text('nested'),
    dictionary(text('rate'), 'G', [0x3f, 0xe0, 0, 0, 0, 0, 0, 0], text('none'), 'N', text('huge'), int(2n ** 70n)),
    text('__proto__'),
    dictionary(text('polluted'), '\x88'),
  );
  const reader = await open(
    torchZip(dictionary(text('config'), config, text('model'), dictionary(text('w'), weights)), { 0: FOUR }),
  );
  expect(JSON.parse(JSON.stringify(reader.embeddedConfig))).toEqual(
    JSON.parse(
      '{"hidden_size":16,"pos_att_type":["c2p","p2c"],"dtype":"float16","nested":{"rate":0.5,"none":null},"__proto__":{"polluted":true}}',
    ),
  );
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  const plain = await open(torchZip(dictionary(text('w'), weights), { 0: FOUR }));
  expect(plain.embeddedConfig).toBeUndefined();
});

test('shards are read through their index', async () => {
  const source = localFolder(fixturePath('bin_sharded'));
  const reader = await openSharded(source, 'pytorch_model.bin.index.json', openPytorch);
  const { weight_map: weightMap } = await readJsonFile(fixturePath('bin_sharded', 'pytorch_model.bin.index.json'));
  expect([...reader.tensors.keys()].sort()).toEqual(Object.keys(weightMap).sort());
  await reader.close();
});

describe('other files', () => {
  const program = zipBytes([
    { name: 'model/data.pkl', data: 'x' },
    { name: 'model/code/__torch__.py', data: 'x' },
  ]);
  const tar = new Uint8Array(1024);
  tar.set(Buffer.from('ustar'), 257);
  const cases: Array<[name: string, bytes: Uint8Array, message: RegExp]> = [
    ['a TorchScript program', program, /a TorchScript program; load it with torch\.jit\.load/],
    ['constants of TorchScript', torchZip(dictionary(), {}, { 'archive/constants.pkl': '' }), /a TorchScript program/],
    ['the tar archive of PyTorch 0.3', tar, /0\.4 or newer, received the tar archive/],
    ['a zip without a pickle', zipBytes([{ name: 'a/b', data: 'x' }]), /one data\.pkl in a folder, received 0/],
    ['two pickles', torchZip(dictionary(), {}, { 'other/data.pkl': '' }), /one data\.pkl in a folder, received 2/],
    ['an empty file', new Uint8Array(0), /ends at byte 0/],
    ['an HTML page', Uint8Array.from(Buffer.from('<!DOCTYPE html><html></html>')), /opcodes of Python, received 60/],
    ['a pickle of another kind', torchLegacy(dictionary(), {}, { magic: 1n }), /PyTorch's number before all else/],
    ['another protocol of PyTorch', torchLegacy(dictionary(), {}, { protocol: 1002 }), /PyTorch's protocol 1001/],
    ['a list', torchZip(']'), /must hold a state_dict of tensors/],
    ['a dictionary without tensors', torchZip(dictionary(text('epoch'), 'K\x01')), /must hold a state_dict of tensors/],
    [
      'a byte order of neither kind',
      torchZip(dictionary(text('w'), weights), { 0: FOUR }, { 'archive/byteorder': 'middle' }),
      /little or big, received "middle"/,
    ],
  ];
  test.each(cases)('%s', async (_name, bytes, message) => {
    await expect(() => open(bytes)).toThrowDebertaError('checkpoint', message);
  });

  test('a whole model is refused by its name, with advice', async () => {
    const model = 'transformers.models.deberta_v2.modeling_deberta_v2';
    const bytes = torchZip(call(model, 'DebertaV2Model'));
    await expect(() => open(bytes)).toThrowDebertaError(
      'checkpoint',
      /received transformers\.models\.deberta_v2\.modeling_deberta_v2\.DebertaV2Model, .* save the model's state_dict\(\)/,
    );
  });

  test('a module of an old file is refused with its program', async () => {
    const id = tuple(text('module'), 'N', text('model.py'), text('import os'));
    await expect(() =>
      open(torchLegacy(id.length > 0 ? Uint8Array.from([...id, 'Q'.charCodeAt(0)]) : '', {})),
    ).toThrowDebertaError('checkpoint', /a module's program/);
  });
});
