import { CheckpointError } from '../../src/errors';
import { PickleCursor } from '../../src/pickle/pickle_cursor';
import { PickleFunction } from '../../src/pickle/pickle_function';
import { unpickle } from '../../src/pickle/unpickle';
import { assemble, call, dictionary, global, int, type Piece, pickle, text, tuple, u32, u64 } from './assemble';

const host = {
  global(name: string) {
    if (name === 'known.pair') return new PickleFunction(name, (args) => ({ pair: args }));
    if (name === 'known.word') return 'word';
    throw new CheckpointError(`Nothing is known by the name ${name}.`);
  },
  persistent: (id: unknown) => ({ id }),
};

const load = (bytes: Uint8Array) => unpickle(new PickleCursor('a.pkl', bytes), host);
const utf8 = (value: string) => Buffer.from(value);

describe('values', () => {
  const cases: Array<[name: string, pieces: Piece[], expected: unknown]> = [
    ['None', ['N'], null],
    ['True and False', ['\x88\x89\x86'], [true, false]],
    ['True and False of protocol 1', ['I01\nI00\n\x86'], [true, false]],
    ['BININT', ['J', [0xfe, 0xff, 0xff, 0xff]], -2],
    ['BININT1 and BININT2', ['K\xffM\x01\x02\x86'], [255, 513]],
    ['INT and LONG in digits', ['I-12\nL34L\n\x86'], [-12, 34]],
    ['LONG1 of no bytes', ['\x8a\x00'], 0],
    ['LONG1', [int(-(2 ** 40))], -(2 ** 40)],
    ['LONG1 beyond 2^53', [int(2n ** 63n)], 2n ** 63n],
    ['LONG4', ['\x8b', u32(2), '\x00\x80'], -32768],
    ['BINFLOAT', ['G', [0x3f, 0xf8, 0, 0, 0, 0, 0, 0]], 1.5],
    ['FLOAT in digits', ['F-2.5e3\n'], -2500],
    ['BINUNICODE', [text('δé')], 'δé'],
    ['SHORT_BINUNICODE', ['\x8c\x02', utf8('é')], 'é'],
    ['BINUNICODE8', ['\x8d', u64(3n), 'abc'], 'abc'],
    ['UNICODE with escapes', ['Va\\u00e9\\U0001f600\\U0010ffff\n'], 'aé😀\u{10ffff}'],
    ['texts of Python 2', ['U\x02abT', u32(1), 'c\x86'], ['ab', 'c']],
    ['bytes', ['C\x02\x00\xffB', u32(1), '\x01\x86'], [Uint8Array.of(0, 255), Uint8Array.of(1)]],
    ['bytes of 64-bit length', ['\x8e', u64(1n), '\x07'], Uint8Array.of(7)],
    ['bytearray', ['\x96', u64(1n), '\x07'], Uint8Array.of(7)],
    ['an empty list, tuple, dictionary and set', ['(])}\x8ft'], [[], [], new Map(), new Set()]],
    ['tuples of one to three', ['K\x01\x85K\x01K\x02\x86K\x01K\x02K\x03\x87\x87'], [[1], [1, 2], [1, 2, 3]]],
    ['APPEND and APPENDS', [']K\x01a(K\x02K\x03e'], [1, 2, 3]],
    ['LIST and DICT', ['((K\x01l(K\x02K\x03dt'], [[1], new Map([[2, 3]])]],
    [
      'SETITEM and SETITEMS',
      ['}K\x01NsK\x01Ns(K\x02\x88u'],
      new Map<unknown, unknown>([
        [1, null],
        [2, true],
      ]),
    ],
    ['ADDITEMS and FROZENSET', ['\x8f(K\x01K\x01\x90(K\x02\x91\x86'], [new Set([1]), new Set([2])]],
    ['POP, POP_MARK and DUP', ['K\x01K\x020(K\x03K\x0412\x86'], [1, 1]],
    ['BINPUT and BINGET', [']q\x05h\x05\x86'], [[], []]],
    ['LONG_BINPUT and LONG_BINGET', ['K\x07r', u32(70000), 'j', u32(70000), '\x86'], [7, 7]],
    ['PUT and GET in digits', ['K\x07p12\ng12\n\x86'], [7, 7]],
    ['MEMOIZE', ['K\x07\x94K\x08\x94h\x00h\x01\x86\x86\x86'], [7, [8, [7, 8]]]],
    ['a frame', ['\x95', u64(2n), 'K\x01'], 1],
    ['GLOBAL, REDUCE', [call('known', 'pair', 'K\x01')], { pair: [1] }],
    ['STACK_GLOBAL, NEWOBJ', [text('known'), text('pair'), '\x93)\x81'], { pair: [] }],
    ['INST', ['(K\x01iknown\npair\n'], { pair: [1] }],
    ['OBJ', ['(', global('known', 'pair'), 'K\x01o'], { pair: [1] }],
    ['a global that is a value', [global('known', 'word')], 'word'],
    ['BINPERSID', ['K\x01Q'], { id: 1 }],
    ['BUILD of a dictionary, which is left out', ['}', dictionary(text('a'), 'K\x01'), 'b'], new Map()],
    [
      'keys that would reach the prototype of an object',
      [dictionary(text('__proto__'), dictionary(text('polluted'), '\x88'))],
      new Map([['__proto__', new Map([['polluted', true]])]]),
    ],
  ];
  test.each(cases)('%s', (_name, pieces, expected) => {
    expect(load(pickle(...pieces))).toEqual(expected);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('shared values are shared, and may contain themselves', () => {
    const list = load(pickle(']q\x00h\x00ah\x00a')) as unknown[];
    expect(list[0]).toBe(list);
    expect(list[1]).toBe(list);
    const map = load(pickle('}q\x00', text('self'), 'h\x00s')) as Map<string, unknown>;
    expect(map.get('self')).toBe(map);
  });

  test('several pickles in a row', () => {
    const cursor = new PickleCursor('a.pkl', assemble(pickle('K\x01'), pickle('K\x02')));
    expect([unpickle(cursor, host), unpickle(cursor, host), cursor.left]).toEqual([1, 2, 0]);
  });

  test('100,000 levels cost no stack', () => {
    let value = load(pickle(']'.repeat(100_000), 'a'.repeat(99_999)));
    let depth = 0;
    for (; Array.isArray(value); depth++) value = value[0];
    expect(depth).toBe(100_000);
  });

  test('a memo bomb stays as small as its pickle', () => {
    const levels = Array.from({ length: 100 }, (_, level) => [
      '0](',
      ['h'.charCodeAt(0), level, 'h'.charCodeAt(0), level],
      ['e'.charCodeAt(0), 'q'.charCodeAt(0), level + 1],
    ]);
    let value = load(pickle(']q\x00', ...levels.flat()));
    let depth = 0;
    for (; Array.isArray(value) && value.length > 0; depth++) {
      expect(new Set(value).size).toBe(1);
      value = value[0];
    }
    expect(depth).toBe(100);
  });
});

describe('what a pickle may not do', () => {
  const cases: Array<[name: string, bytes: Uint8Array, message: RegExp]> = [
    ['an empty file', new Uint8Array(0), /ends at byte 0 in the middle of a value/],
    ['no STOP', assemble('\x80\x02K\x01'), /ends at byte 4 in the middle/],
    ['STOP without a value', pickle(), /a value before each opcode that takes one, received none at byte 3/],
    ['two values', pickle('K\x01K\x02'), /must hold one value, received 1 more/],
    ['a mark for a value', pickle('('), /a value before each opcode/],
    ['protocol 255', assemble('\x80\xffN.'), /protocol 0 to 5, received 255/],
    ['an opcode that does not exist', pickle('\xf0'), /opcodes of Python, received 240/],
    ['a text longer than the file', pickle('X', u32(0xffffffff), 'abc'), /ends at byte 11/],
    ['a text of 2^63 bytes', pickle('\x8d', u64(2n ** 63n), 'abc'), /ends at byte/],
    ['bytes of 2^64 - 1', pickle('\x8e', u64(2n ** 64n - 1n), 'abc'), /ends at byte/],
    ['a text that is not UTF-8', pickle('\x8c\x01\xff'), /texts in UTF-8/],
    ['a line without an end', assemble('cos'), /ends at byte 3/],
    ['an integer of 2^31 bytes', pickle('\x8b', u32(2 ** 31), '\x01'), /ends at byte/],
    ['an integer of 2,000 bytes', pickle('\x8b', u32(2000), new Uint8Array(2000)), /at most 1024 bytes, received 2000/],
    ['an integer of 5,000 digits', pickle('L', '9'.repeat(5000), 'L\n'), /integers in decimal digits/],
    ['an integer that is none', pickle('Iabc\n'), /integers in decimal digits, received "abc"/],
    ['a float that is none', pickle('F1.2.3\n'), /floats in digits, received "1.2.3"/],
    ['a frame longer than the file', pickle('\x95', u64(1000n), 'N'), /frames of at most 2 bytes, received 1000/],
    ['a reference to nothing', pickle('h\x07'), /a reference to 7/],
    ['items without a mark', pickle('K\x01t'), /a mark before each list of items/],
    ['items for what is no list', pickle('}K\x01a'), /a list to append to, received Map/],
    ['items for what is no dictionary', pickle(']K\x01K\x02s'), /a dictionary to add to, received Array/],
    ['items for what is no set', pickle('](K\x01\x90'), /a set to add to, received Array/],
    ['a key without a value', pickle('}(K\x01u'), /a value for each key, received 1 items/],
    ['an unknown global', pickle(global('os', 'system')), /by the name os\.system/],
    ['a global named by numbers', pickle('K\x01K\x02\x93'), /names of globals as texts, received 1 and 2/],
    ['a call of a text', pickle(text('eval'), tuple(text('1')), 'R'), /received a call of "eval"/],
    ['a call of the result of a call', pickle(call('known', 'pair'), ')R'), /received a call of Object/],
    [
      'arguments that are no tuple',
      pickle(global('known', 'pair'), 'NR'),
      /arguments of known\.pair as a tuple, received None/,
    ],
    ['an object without a class', pickle('(o'), /received a call of undefined/],
    ['attributes of a list', pickle(']', '}b'), /attributes for Array \(BUILD\)/],
    ['attributes of a global', pickle(global('known', 'pair'), '}b'), /attributes for known\.pair \(BUILD\)/],
    ['EXT1', pickle('\x82\x01'), /extension registry \(EXT1\)/],
    ['EXT2', pickle('\x83\x01\x00'), /extension registry \(EXT2\)/],
    ['EXT4', pickle('\x84\x01\x00\x00\x00'), /extension registry \(EXT4\)/],
    ['NEWOBJ_EX', pickle(global('known', 'pair'), ')}\x92'), /named arguments \(NEWOBJ_EX\)/],
    ['NEXT_BUFFER', pickle('\x97'), /\(NEXT_BUFFER\)/],
    ['READONLY_BUFFER', pickle('N\x98'), /\(READONLY_BUFFER\)/],
    ['PERSID', pickle('Pabc\n'), /an id in words \(PERSID\)/],
    ['STRING', pickle("S'abc'\n"), /a text in quotes \(STRING\)/],
    ['three million values', pickle('(', 'N'.repeat(3_000_000), 't'), /at most 2000000 values/],
  ];
  test.each(cases)('%s', (_name, bytes, message) => {
    expect(() => load(bytes)).toThrowDebertaError('checkpoint', message);
  });

  test('any prefix of a pickle is an error, and says that it ended early', () => {
    const whole = pickle(
      dictionary(text('a'), int(2n ** 70n), text('b'), call('known', 'pair', 'G\x00\x00\x00\x00\x00\x00\x00\x00')),
    );
    for (let length = 0; length < whole.length; length++) {
      const cursor = new PickleCursor('a.pkl', whole.subarray(0, length));
      expect(() => unpickle(cursor, host)).toThrowDebertaError('checkpoint', /ends at byte/);
      expect(cursor.endedEarly).toBe(true);
    }
  });
});
