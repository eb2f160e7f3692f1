import { openPytorch } from '../../../src/convert/pytorch/pytorch_reader';
import { assemble, call, dictionary, global, type Piece, storage, tensor, text, tuple } from '../../pickle/assemble';
import { memorySource } from '../../sources/memory_source';
import { FOUR, torchLegacy, torchZip } from './torch_bytes';

const open = (bytes: Uint8Array) => openPytorch(memorySource({ 'model.bin': bytes }), 'model.bin');
const weights = tensor(storage('0', 'FloatStorage', 4), 0, [4], [1]);
const state = (...items: Piece[]) => dictionary(text('w'), weights, ...items);
const bad = (piece: Piece) => dictionary(text('w'), piece);

describe('bombs', () => {
  const repeat = (count: number, piece: Piece) => Array<Piece>(count).fill(piece);
  const levels = (count: number, inner: Piece, ...copies: string[]) =>
    Array.from({ length: count }).reduce<Piece>((below, _, level) => {
      const key = [0x71, level, 0x30];
      const recalled: Piece[] = copies.flatMap((copy) => [text(copy), [0x68, level]]);
      return assemble(below, key, dictionary(...recalled));
    }, inner);
  const cases: Array<[name: string, value: Piece, message: RegExp]> = [
    [
      'dictionaries that hold each other twice, 60 levels',
      levels(60, state(), 'a', 'b'),
      /each dictionary of its state_dict once/,
    ],
    [
      'wrappers that hold each other, 60 levels',
      levels(60, dictionary(), 'state_dict', 'model', 'module'),
      /each dictionary of its state_dict once/,
    ],
    [
      'a dictionary that contains itself',
      assemble('}q\x07', text('w'), weights, 's', text('self'), 'h\x07s'),
      /each dictionary of its state_dict once/,
    ],
    ['a wrapper that is itself', assemble('}q\x07', text('model'), 'h\x07s'), /each dictionary of its state_dict once/],
    [
      'dictionaries 100,000 deep',
      assemble(...repeat(100_000, assemble('}', text('a'))), 'N', 's'.repeat(100_000)),
      /at most 16 within each other/,
    ],
    [
      'a configuration that contains itself',
      state(text('config'), assemble(']q\x07h\x07a')),
      /configuration in .* at most 10000 values/,
    ],
    [
      'a configuration of 2^60 lists',
      state(
        text('config'),
        assemble(
          ']q\x00',
          ...Array.from(
            { length: 60 },
            (_, level): Piece => [0x30, 0x5d, 0x28, 0x68, level, 0x68, level, 0x65, 0x71, level + 1],
          ),
        ),
      ),
      /at most 10000 values/,
    ],
    ['names of a megabyte', bad(dictionary(text('x'.repeat(1_000_000)), weights)), /names of at most 1024 letters/],
    [
      'a long list copied a thousand times',
      dictionary(
        text('list'),
        assemble('](', 'N'.repeat(100_000), 'eq\x07'),
        text('sets'),
        tuple(...repeat(1000, assemble(global('builtins', 'set'), '(h\x07tR'))),
      ),
      /must call builtins\.set as/,
    ],
    [
      'a long text encoded a thousand times',
      dictionary(
        text('text'),
        assemble(text('x'.repeat(100_000)), 'q\x07'),
        text('bytes'),
        tuple(...repeat(1000, call('_codecs', 'encode', 'h\x07', text('latin1')))),
      ),
      /must call _codecs\.encode as/,
    ],
  ];
  test.each(cases)('%s', async (_name, value, message) => {
    await expect(() => open(torchZip(value, { 0: FOUR }))).toThrowDebertaError('checkpoint', message);
  });

  const ignored: Array<[name: string, value: Piece]> = [
    ['lists 100,000 deep', state(text('history'), assemble(']'.repeat(100_000), 'a'.repeat(99_999)))],
    [
      'an optimizer that contains itself',
      dictionary(text('optimizer'), assemble('}q\x07', text('self'), 'h\x07s'), text('model'), state()),
    ],
  ];
  test.each(ignored)('%s beside the weights is left out', async (_name, value) => {
    for (const bytes of [torchZip(value, { 0: FOUR }), torchLegacy(value, { 0: FOUR })]) {
      const reader = await open(bytes);
      expect([...reader.tensors.keys()]).toEqual(['w']);
      expect([...(await reader.read('w'))]).toEqual([1, 2, 3, 4]);
    }
  });
});
