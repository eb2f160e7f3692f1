import { Writer } from 'protobufjs/minimal.js';
import { TokenizerError } from '../../../src/errors';
import { PieceType } from '../../../src/tokenization/sentencepiece/model_proto';
import { SentencePieceEngine } from '../../../src/tokenization/sentencepiece/sentencepiece_engine';
import { SentencePieceModel } from '../../../src/tokenization/sentencepiece/sentencepiece_model';
import { TokenList } from '../../../src/tokenization/token_list';
import fc from '../../harness/fast_check';
import { modelBytes, RAW_MODELS } from '../tables';
import { outcome } from './outcome';

const TEXTS = ['', 'the whale', 'ABC a\u0301 \u3000 <ent>\u{1f600}\u{1f600}', '\ud800\u0000\ufffd', 'x'.repeat(300)];

/** Reads a model and, if it is taken, segments some texts; tells whether it was taken. */
function read(bytes: Uint8Array): boolean {
  const engine = outcome(() => new SentencePieceEngine(SentencePieceModel.fromBytes(bytes)));
  if (engine === undefined) return false;
  for (const text of TEXTS) {
    const tokens = new TokenList();
    engine.encode(text, tokens);
    expect(tokens.ids).toEqual(engine.encodeIds(text));
    expect(engine.encodePieces(text)).toHaveLength(tokens.length);
    expect(tokens.starts.every((start, index) => start >= 0 && start <= tokens.ends[index]!)).toBe(true);
    expect(tokens.ends.every((end) => end <= text.length)).toBe(true);
  }
  return true;
}

/** A model by its parts; what is left out is that of a model with a few pieces. */
function build(parts: { pieces?: [text: string | Uint8Array, score: number, type: number][]; map?: Uint8Array } = {}) {
  const writer = Writer.create();
  const pieces = parts.pieces ?? [
    ['[UNK]', 0, PieceType.unknown],
    ['▁', -1, PieceType.normal],
    ['a', -2, PieceType.normal],
  ];
  for (const [text, score, type] of pieces) {
    writer.uint32(0x0a).fork();
    if (typeof text === 'string') writer.uint32(0x0a).string(text);
    else writer.uint32(0x0a).bytes(text);
    writer.uint32(0x15).float(score).uint32(0x18).int32(type).ldelim();
  }
  if (parts.map !== undefined) writer.uint32(0x1a).fork().uint32(0x12).bytes(parts.map).ldelim();
  return writer.finish();
}

/** A character map: the length of the trie, its units, the replacements. */
function characterMap(units: readonly number[], replacements = [0x62, 0], trieBytes = units.length * 4): Uint8Array {
  return Uint8Array.from([...new Uint8Array(Uint32Array.from([trieBytes, ...units]).buffer), ...replacements]);
}

const UNITS = 256;

describe('a damaged spm.model is refused or works, and does nothing else', () => {
  test.each(RAW_MODELS)('%s, cut off anywhere', (name) => {
    const bytes = modelBytes(name);
    expect(read(bytes)).toBe(true);
    for (let length = 0; length < bytes.length; length += length < 500 ? 1 : 29) read(bytes.subarray(0, length));
  });

  test.each([...RAW_MODELS, 'plain'] as const)('%s with some bytes changed', (name) => {
    const bytes = modelBytes(name);
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(changes, (list) => {
        const changed = Uint8Array.from(bytes);
        for (const [position, change] of list) changed[position]! ^= change;
        read(changed);
      }),
      { numRuns: name === 'plain' ? 40 : 200 },
    );
  });

  test('a stretch of zeros, or of another part of the file', () => {
    const bytes = modelBytes('symbols');
    const position = fc.nat(bytes.length - 1);
    fc.assert(
      fc.property(position, position, fc.integer({ min: 1, max: 600 }), fc.boolean(), (from, to, length, zeros) => {
        const changed = Uint8Array.from(bytes);
        const part = zeros ? new Uint8Array(length) : bytes.slice(from, from + length);
        changed.set(part.subarray(0, Math.min(part.length, changed.length - to)), to);
        read(changed);
      }),
      { numRuns: 150 },
    );
  });

  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => void read(bytes)),
      { numRuns: 500 },
    );
  });
});

describe('a hostile spm.model', () => {
  test('the parts that the cases are made of make a model', () => {
    expect(read(build())).toBe(true);
    expect(read(build({ map: characterMap(new Array<number>(UNITS).fill(0x80000000)) }))).toBe(true);
  });

  const lengths: [name: string, tag: number[]][] = [
    ['a piece', [0x0a]],
    ['the text of a piece', [0x0a, 0x60, 0x0a]],
    ['the trainer settings', [0x12]],
    ['the normalizer settings', [0x1a]],
    ['the character map', [0x1a, 0x60, 0x12]],
    ['a field that nobody knows', [0xfa, 0x01]],
  ];
  const sizes: [name: string, varint: number[]][] = [
    ['2 GB - 1', [0xff, 0xff, 0xff, 0xff, 0x07]],
    ['4 GB - 1', [0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['2^63', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
    ['a number without end', new Array<number>(30).fill(0xff)],
  ];
  test.each(lengths.flatMap(([part, tag]) => sizes.map(([size, varint]) => ({ part, size, tag, varint }))))(
    'that says $part has $size bytes is refused',
    ({ tag, varint }) => {
      const bytes = Uint8Array.from([...tag, ...varint, ...new Array<number>(100 - tag.length).fill(0x41)]);
      expect(() => SentencePieceModel.fromBytes(bytes)).toThrow(TokenizerError);
    },
  );

  const refused: [name: string, bytes: () => Uint8Array][] = [
    ['half a million empty pieces', () => new Uint8Array(1_000_000).map((_, index) => (index % 2 === 0 ? 0x0a : 0))],
    ['groups nested a hundred thousand deep', () => new Uint8Array(100_000).fill(0x7b)],
    ['a trie longer than the map', () => build({ map: characterMap(zeros(), [0], 0xffffff00) })],
    ['a trie of no whole number of units', () => build({ map: characterMap(zeros(), [0], 1021) })],
    ['a map that ends inside its length', () => build({ map: Uint8Array.of(0, 4) })],
    ['replacements that do not end', () => build({ map: characterMap(zeros(), [0x61, 0x62]) })],
    ['a trie that leads out of itself', () => build({ map: characterMap(zeros().fill(0x7ffffe00)) })],
    ['a key whose replacement lies outside', () => build({ map: characterMap(zeros().fill(0x0000_0141)) })],
  ];
  test.each(refused)('with %s is refused', (_name, bytes) => {
    expect(() => SentencePieceModel.fromBytes(bytes())).toThrow(TokenizerError);
  });

  const survived: [name: string, bytes: () => Uint8Array][] = [
    ['a map of zeros', () => build({ map: characterMap(zeros(), [0x61, 0]) })],
    ['a trie that leads back to itself', () => build({ map: characterMap(zeros().map((_, unit) => unit & 0xff)) })],
    ['a replacement that is no UTF-8', () => build({ map: keysOf(0x61, [0xff, 0xfe, 0xc0, 0]) })],
    ['a replacement of 100 KB', () => build({ map: keysOf(0x61, [...new Array<number>(100_000).fill(0x61), 0]) })],
    ['a replacement of spaces', () => build({ map: keysOf(0x61, [...new Array<number>(1000).fill(0x20), 0]) })],
    ['an empty replacement', () => build({ map: keysOf(0x61, [0]) })],
    ['scores that are no numbers', () => build({ pieces: scored(Number.NaN) })],
    ['scores of infinity', () => build({ pieces: scored(Number.POSITIVE_INFINITY) })],
    ['scores of minus infinity', () => build({ pieces: scored(Number.NEGATIVE_INFINITY) })],
    ['scores as large as can be', () => build({ pieces: scored(3.4e38) })],
    ['scores as small as can be', () => build({ pieces: scored(-3.4e38) })],
    ['pieces of an unknown type', () => build({ pieces: typed(77) })],
    ['pieces of a negative type', () => build({ pieces: typed(-1) })],
    ['nothing but the unknown piece', () => build({ pieces: [['[UNK]', 0, PieceType.unknown]] })],
    ['names of object properties as pieces', () => build({ pieces: named('__proto__', 'constructor', 'toString') })],
    [
      'user-defined pieces of spaces',
      () => build({ pieces: [...scored(-1), [' ', 0, 4], ['  ', 0, 4], [' a', 0, 4]] }),
    ],
    ['a piece of 1 MB', () => build({ pieces: named('a'.repeat(1_000_000)) })],
    ['a piece that is no UTF-8', () => build({ pieces: [...scored(-1), [Uint8Array.of(0xff, 0xc0), -1, 1]] })],
    ['pieces with NUL and with U+FEFF', () => build({ pieces: named('\0', 'a\0', '\ufeff', '\ufeffa') })],
    ['a hundred thousand pieces', () => build({ pieces: named(...Array.from({ length: 1e5 }, (_, id) => `p${id}`)) })],
    ['a thousand pieces within each other', () => build({ pieces: named(...chain(1000)) })],
  ];
  test.each(survived)('with %s is refused or works', (_name, bytes) => {
    read(bytes());
  });

  test('with any trie is refused or works', () => {
    const unit = fc.integer({ min: 0, max: 0xffff_ffff });
    const near = fc.tuple(fc.nat(255), fc.nat(255), fc.boolean(), fc.boolean()).map(
      // An offset to somewhere in the trie, a label, and whether a key ends here or this is a value.
      ([offset, label, leaf, value]) => ((offset << 10) | (leaf ? 0x100 : 0) | label | (value ? 0x80000000 : 0)) >>> 0,
    );
    const units = fc.array(fc.oneof(unit, near), { minLength: UNITS, maxLength: UNITS });
    const text = fc.array(fc.constantFrom(0, 0x20, 0x61, 0xc3, 0xff), { maxLength: 40 });
    fc.assert(
      fc.property(
        units,
        text,
        (list, replacements) => void read(build({ map: characterMap(list, [...replacements, 0]) })),
      ),
      { numRuns: 150 },
    );
  });

  test('with any pieces is refused or works', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom('▁', 'a', '[UNK]', '<0x41>', ''),
    );
    const piece = fc.tuple(text, fc.float(), fc.integer({ min: 0, max: 7 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        read(build({ pieces: [['[UNK]', 0, PieceType.unknown], ...pieces] }));
      }),
      { numRuns: 200 },
    );
  });
});

/** Units of an empty trie. */
function zeros(): number[] {
  return new Array<number>(UNITS).fill(0);
}

/** A map of one key, a single byte, to the replacements given. */
function keysOf(byte: number, replacements: number[]): Uint8Array {
  const units = zeros();
  units[0] = 1 << 10; // children begin at unit 1
  units[1 ^ byte] = (3 << 10) | 0x100 | byte; // a key ends here; its value is at this unit's offset
  units[1 ^ byte ^ 3] = 0x80000000;
  return characterMap(units, replacements);
}

type Pieces = [text: string | Uint8Array, score: number, type: number][];

function scored(score: number): Pieces {
  return [
    ['[UNK]', 0, PieceType.unknown],
    ['▁', score, PieceType.normal],
    ['a', -score, PieceType.normal],
    ['the', score, PieceType.normal],
  ];
}

function typed(type: number): Pieces {
  return [...scored(-1), ['th', -1, type]];
}

function named(...texts: string[]): Pieces {
  return [...scored(-1), ...texts.map((text): Pieces[number] => [text, -1, PieceType.normal])];
}

/** `x`, `xx`, `xxx` … */
function chain(length: number): string[] {
  return Array.from({ length }, (_, index) => 'x'.repeat(index + 1));
}
