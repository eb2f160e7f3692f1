import { openPytorch } from '../../../src/convert/pytorch/pytorch_reader';
import {
  assemble,
  call,
  dictionary,
  global,
  int,
  type Piece,
  storage,
  tensor,
  text,
  tuple,
} from '../../pickle/assemble';
import { memorySource } from '../../sources/memory_source';
import { FOUR, type StorageBytes, torchLegacy, torchZip } from './torch_bytes';

const open = (bytes: Uint8Array) => openPytorch(memorySource({ 'model.bin': bytes }), 'model.bin');
const floats = storage('0', 'FloatStorage', 4);
const weights = tensor(floats, 0, [4], [1]);
/** Four doubles of a storage, by the call that names their type. */
const doubles = (from: Piece) =>
  call(
    'torch._utils',
    '_rebuild_tensor_v3',
    from,
    int(0),
    tuple(int(4)),
    tuple(int(1)),
    '\x89',
    '}',
    global('torch', 'float64'),
  );
const bad = (piece: Piece) => dictionary(text('w'), piece);

/** Opens both layouts, and reads every tensor. */
async function readBoth(value: Piece, storages: Readonly<Record<string, StorageBytes>> = { 0: FOUR }): Promise<void> {
  for (const bytes of [torchZip(value, storages), torchLegacy(value, storages)]) {
    const reader = await open(bytes);
    for (const name of reader.tensors.keys()) await reader.read(name);
  }
}

describe('programs', () => {
  const stackGlobal = (module: string, name: string) => assemble(text(module), text(name), '\x93');
  const cases: Array<[name: string, piece: Piece, refused: string]> = [
    ['os.system', call('os', 'system', text('true')), 'os.system'],
    ['posix.system by STACK_GLOBAL', [...stackGlobal('posix', 'system'), ...tuple(text('true')), 0x52], 'posix.system'],
    ['eval', call('builtins', 'eval', text('1')), 'builtins.eval'],
    ['eval of Python 2', call('__builtin__', 'eval', text('1')), '__builtin__.eval'],
    ['exec', call('builtins', 'exec', text('1')), 'builtins.exec'],
    ['builtins.getattr', call('builtins', 'getattr', '}', text('x')), 'builtins.getattr'],
    ['__import__', call('builtins', '__import__', text('os')), 'builtins.__import__'],
    ['subprocess.Popen as an object', [...assemble(global('subprocess', 'Popen'), ')\x81')], 'subprocess.Popen'],
    ['webbrowser.open by INST', assemble('(', text('x'), 'iwebbrowser\nopen\n'), 'webbrowser.open'],
    ['a class by OBJ', assemble('(', global('os', 'popen'), text('x'), 'o'), 'os.popen'],
    ['a nested name', stackGlobal('torch', 'os.system'), 'torch.os.system'],
    ["a name of an object's prototype", stackGlobal('constructor', 'constructor'), 'constructor.constructor'],
    ['a name that is only the prototype', stackGlobal('', '__proto__'), '.__proto__'],
    ['torch.load within', call('torch.storage', '_load_from_bytes', text('x')), 'torch.storage._load_from_bytes'],
    [
      'a call within the arguments of a call',
      call('collections', 'OrderedDict', call('os', 'system', text('x'))),
      'os.system',
    ],
    ['a call as the key of an entry', dictionary(call('os', 'system', text('x')), 'N'), 'os.system'],
    [
      'a call below what is ignored',
      dictionary(text('optimizer'), call('os', 'system', text('x')), text('w'), weights),
      'os.system',
    ],
  ];
  test.each(cases)('%s', async (_name, piece, refused) => {
    const message = new RegExp(`tensors and plain containers only, received ${refused.replaceAll('.', '\\.')},`);
    await expect(() => open(torchZip(bad(piece)))).toThrowDebertaError('checkpoint', message);
    await expect(() => open(torchLegacy(bad(piece)))).toThrowDebertaError('checkpoint', message);
  });

  test('a name of a megabyte is shortened, and one with line ends stays on one line', async () => {
    const error = await open(torchZip(assemble(text('a\nb. C'.repeat(200_000)), text('x'), '\x93'))).catch(String);
    expect(error).toMatch(/received a\\nb/);
    expect(String(error).length).toBeLessThan(500);
  });
});

describe('arguments', () => {
  const rebuild = (...args: Piece[]) => call('torch._utils', '_rebuild_tensor_v2', ...args);
  const huge = 2n ** 60n;
  const view = (start: bigint | number, length: bigint | number) =>
    storage('0', 'FloatStorage', 4, tuple(text('v'), int(start), int(length)));
  const TENSOR = /stay within its storage, received/;
  const cases: Array<[name: string, piece: Piece, message: RegExp]> = [
    ['no arguments', rebuild(), TENSOR],
    ['a storage that is none', rebuild(text('0'), int(0), tuple(int(4)), tuple(int(1))), TENSOR],
    [
      'the class of a storage for a storage',
      rebuild(global('torch', 'FloatStorage'), int(0), tuple(int(4)), tuple(int(1))),
      TENSOR,
    ],
    ['a shape that is none', rebuild(floats, int(0), int(4), tuple(int(1))), TENSOR],
    ['a shape of texts', rebuild(floats, int(0), tuple(text('4')), tuple(int(1))), TENSOR],
    ['a shape that is a tensor', rebuild(floats, int(0), weights, tuple(int(1))), TENSOR],
    ['more axes than strides', tensor(floats, 0, [2, 2], [1]), TENSOR],
    ['a thousand axes', tensor(floats, 0, Array(1000).fill(1), Array(1000).fill(1)), TENSOR],
    ['a negative size', tensor(floats, 0, [-1], [1]), TENSOR],
    ['a negative stride', tensor(floats, 3, [4], [-1]), TENSOR],
    ['a negative offset', tensor(floats, -1, [4], [1]), TENSOR],
    ['an offset beyond the storage', tensor(floats, 5, [0], [1]), TENSOR],
    ['an offset beyond 2^53', tensor(floats, huge, [1], [1]), TENSOR],
    ['a shape that reaches beyond the storage', tensor(floats, 1, [4], [1]), TENSOR],
    ['strides that reach beyond the storage', tensor(floats, 0, [2], [4]), TENSOR],
    ['sizes whose product no number can hold', tensor(floats, 0, [2 ** 40, 2 ** 40], [0, 0]), TENSOR],
    ['sizes beyond 2^53', tensor(floats, 0, [huge], [0]), TENSOR],
    ['strides beyond 2^53', tensor(floats, 0, [2], [huge]), TENSOR],
    ['one number repeated a billion times', tensor(floats, 0, [2 ** 30], [0]), TENSOR],
    ['a storage of no type without a type', tensor(storage('0', 'UntypedStorage', 16), 0, [4], [1]), TENSOR],
    ['a type that is not that of the storage', doubles(floats), TENSOR],
    ['a type that reaches beyond the bytes', doubles(storage('0', 'UntypedStorage', 16)), TENSOR],
    [
      'a parameter of no tensor',
      call('torch._utils', '_rebuild_parameter', text('x')),
      /must call torch\._utils\._rebuild_parameter as/,
    ],
    ['pairs that are none', call('collections', 'OrderedDict', ']K\x01a'), /must call collections\.OrderedDict as/],
    ['a size of no list', call('torch', 'Size', 'K\x01'), /must call torch\.Size as/],
    ['a device of no text', call('torch', 'device', 'K\x01'), /must call torch\.device as/],
    ['a set of no list', call('builtins', 'set', 'K\x01'), /must call builtins\.set as/],
    ['bytes in another encoding', call('_codecs', 'encode', text('x'), text('zip')), /must call _codecs\.encode as/],
    ['bytes of a number', call('builtins', 'bytes', 'K\x01'), /must call builtins\.bytes as/],
    ['a call of a type', assemble(global('torch', 'float32'), ')R'), /a call of "float32"/],
    ['a call of the class of a storage', assemble(global('torch', 'FloatStorage'), ')R'), /a call of StorageClass/],
    ['attributes of a tensor', assemble(weights, '}b'), /attributes for TorchTensor \(BUILD\)/],
    ['an id that is a text', assemble(text('x'), 'Q'), /ids of PyTorch, received string/],
    ['an id that is empty', assemble(')Q'), /ids of PyTorch, received another/],
    [
      'an id without a class',
      assemble(tuple(text('storage'), text('FloatStorage'), text('0'), text('cpu'), int(4)), 'Q'),
      /received another/,
    ],
    ['an id of a negative length', storage('0', 'FloatStorage', -4), /received another/],
    ['an id of a length beyond 2^53', storage('0', 'FloatStorage', huge), /received another/],
    ['a view that leaves its storage', view(2, 3), /a view that leaves its storage/],
    ['a view that is none', storage('0', 'FloatStorage', 4, 'K\x01'), /a view that leaves its storage/],
    ['a view of a negative start', view(-1, 2), /a view that leaves its storage/],
    [
      'one storage of two lengths',
      tuple(storage('0', 'FloatStorage', 4), storage('0', 'FloatStorage', 8)),
      /two kinds or lengths of storage "0"/,
    ],
    [
      'one storage of two types',
      tuple(storage('0', 'FloatStorage', 4), storage('0', 'IntStorage', 4)),
      /two kinds or lengths of storage "0"/,
    ],
  ];
  test.each(cases)('%s', async (_name, piece, message) => {
    await expect(() => readBoth(bad(piece))).toThrowDebertaError('checkpoint', message);
  });

  test('a shape that the pickle changes after it was checked', async () => {
    const changed = assemble(
      call('torch._utils', '_rebuild_tensor_v2', floats, int(0), ']q\x01', int(4), 'a', tuple(int(1))),
      'h\x01',
      int(2n ** 40n),
      'a0',
    );
    const reader = await open(torchZip(bad(changed), { 0: FOUR }));
    expect([...(await reader.read('w'))]).toEqual([1, 2, 3, 4]);
  });
});
