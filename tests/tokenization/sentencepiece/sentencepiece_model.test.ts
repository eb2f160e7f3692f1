import { Writer } from 'protobufjs/minimal.js';
import { SentencePieceModel } from '../../../src/tokenization/sentencepiece/sentencepiece_model';
import { MODELS, modelBytes, readTables } from '../tables';

const NORMAL = 1;
const UNKNOWN = 2;
const BYTE = 6;

/** A model file with the given pieces; trainer settings are varints by field number. */
function modelFile(pieces: [text: string, type: number][], trainer: Record<number, number> = {}): Uint8Array {
  const writer = Writer.create();
  for (const [text, type] of pieces) {
    writer.uint32(10).fork().uint32(10).string(text).uint32(21).float(-1.5).uint32(24).int32(type).ldelim();
  }
  writer.uint32(18).fork();
  for (const [field, value] of Object.entries(trainer)) writer.uint32(Number(field) << 3).int32(value);
  return writer.ldelim().finish();
}

const MODEL_TYPE = 3;
const BYTE_FALLBACK = 35;

describe.each(MODELS)('SentencePieceModel of the %s fixture', (name) => {
  const model = SentencePieceModel.fromBytes(modelBytes(name));

  test('holds the vocabulary', () => {
    expect(model.pieces).toHaveLength(readTables(name).vocab_size);
    expect(model.pieces.slice(0, 4)).toEqual(['[PAD]', '[CLS]', '[SEP]', '[UNK]']);
    expect(Array.from(model.types.slice(0, 4))).toEqual([3, 3, 3, 2]);
    expect(model.scores[model.idOf('▁the')]).toBeLessThan(0);
    expect(model.pieces[model.idOf('▁the')]).toBe('▁the');
    expect(model.unkId).toBe(3);
    expect(model.idOf('not a piece')).toBe(3);
    expect(model.has('not a piece')).toBe(false);
  });

  test('holds what the trainer and the normalizer were told', () => {
    expect(model.trainerSpec).toMatchObject({ modelType: 1, padId: 0, bosId: 1, eosId: 2, unkId: 3 });
    expect(model.trainerSpec).toMatchObject({
      padPiece: '[PAD]',
      bosPiece: '[CLS]',
      eosPiece: '[SEP]',
      unkPiece: '[UNK]',
    });
    expect(model.trainerSpec.byteFallback).toBe(name === 'byte_fallback');
    expect(model.normalizerSpec).toMatchObject({
      name: 'nmt_nfkc',
      addDummyPrefix: true,
      removeExtraWhitespaces: true,
    });
    expect(model.normalizerSpec.precompiledCharsmap.length).toBeGreaterThan(100_000);
  });

  test('has the 256 byte pieces only with byte fallback', () => {
    expect(model.types.filter((type) => type === BYTE)).toHaveLength(name === 'byte_fallback' ? 256 : 0);
  });
});

test('what a model file leaves out has the default of the format', () => {
  const model = SentencePieceModel.fromBytes(
    modelFile([
      ['<unk>', UNKNOWN],
      ['a', NORMAL],
    ]),
  );
  expect(model.trainerSpec).toMatchObject({
    modelType: 1,
    byteFallback: false,
    unkId: 0,
    padId: -1,
    unkPiece: '<unk>',
  });
  expect(model.normalizerSpec).toMatchObject({ addDummyPrefix: true, removeExtraWhitespaces: true });
  expect(model.scores[1]).toBe(-1.5);
});

describe('SentencePieceModel refuses', () => {
  const plain = modelBytes('plain');
  const unknown: [string, number] = ['[UNK]', UNKNOWN];

  const foreign: [name: string, bytes: Uint8Array][] = [
    ['an empty file', new Uint8Array()],
    ['a web page', new TextEncoder().encode('<!DOCTYPE html><html><body>Not found</body></html>')],
    [
      'a Git LFS pointer',
      new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 2464616\n'),
    ],
    ['JSON', new TextEncoder().encode('{"version": "1.0", "model": {"type": "Unigram"}}')],
    ['zeros', new Uint8Array(1000)],
    ['noise', Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919 + 13) % 251)],
    ['the first half of a model', plain.slice(0, plain.length / 2)],
    ['a model without its last byte', plain.slice(0, -1)],
    ['a model without its first byte', plain.slice(1)],
    ['a message without pieces', modelFile([])],
  ];
  test.each(foreign)('%s', (_name, bytes) => {
    expect(() => SentencePieceModel.fromBytes(bytes, 'x/spm.model')).toThrowDebertaError(
      'tokenizer',
      /^x\/spm\.model must be a SentencePiece model, received \d+ bytes that are not one or only a part of one/,
    );
  });

  const otherTypes: [name: string, type: number][] = [
    ['bpe', 2],
    ['word', 3],
    ['char', 4],
    ['9', 9],
  ];
  test.each(otherTypes)('a model of type %s', (name, type) => {
    expect(() => SentencePieceModel.fromBytes(modelFile([unknown], { [MODEL_TYPE]: type }))).toThrowDebertaError(
      'tokenizer',
      new RegExp(`must be a Unigram SentencePiece model, received one of type ${name};`),
    );
  });

  const invalid: [name: string, pieces: [string, number][], trainer: Record<number, number>, problem: RegExp][] = [
    ['no unknown piece', [['a', NORMAL]], {}, /holds 0 unknown pieces/],
    ['two unknown pieces', [unknown, ['b', UNKNOWN]], {}, /holds 2 unknown pieces/],
    ['an empty piece', [unknown, ['', NORMAL]], {}, /holds an empty piece/],
    ['a piece twice', [unknown, ['a', NORMAL], ['a', NORMAL]], {}, /holds the piece "a" twice/],
    ['byte pieces without byte fallback', [unknown, ['<0x00>', BYTE]], {}, /byte piece <0x00> without byte fallback/],
    [
      'byte fallback without all bytes',
      [unknown, ['<0x00>', BYTE]],
      { [BYTE_FALLBACK]: 1 },
      /byte fallback but no piece <0x01>/,
    ],
  ];
  test.each(invalid)('a model with %s', (_name, pieces, trainer, problem) => {
    expect(() => SentencePieceModel.fromBytes(modelFile(pieces, trainer))).toThrowDebertaError('tokenizer', problem);
  });
});

describe('withPieces', () => {
  const CONTROL = 3;
  const pieces: [string, number][] = [
    ['a', NORMAL],
    ['<pad>', CONTROL],
    ['b', NORMAL],
    ['<unk>', UNKNOWN],
    ['<s>', CONTROL],
    ['c', NORMAL],
  ];
  const [VOCAB_SIZE, UNK_ID, BOS_ID, EOS_ID, PAD_ID] = [4, 40, 41, 42, 43];
  const file = modelFile(pieces, { [VOCAB_SIZE]: 6, [UNK_ID]: 3, [BOS_ID]: 4, [EOS_ID]: -1, [PAD_ID]: 1, 99: 7 });
  /** A message for self-tests and one of a field that nobody knows, as they could follow. */
  const sample = Writer.create().uint32(34).fork().uint32(10).fork().uint32(10).string('ab').ldelim().ldelim().finish();
  const unknownField = Writer.create().uint32(1602).string('kept').finish();
  const whole = Buffer.concat([file, sample, unknownField]);

  const rows: [name: string, ids: number[], spec: object][] = [
    ['all', [0, 1, 2, 3, 4, 5], { unkId: 3, bosId: 4, eosId: -1, padId: 1 }],
    ['those behind a gap move up', [1, 3, 4, 5], { unkId: 1, bosId: 2, eosId: -1, padId: 0 }],
    ['a special piece goes', [2, 3], { unkId: 1, bosId: -1, eosId: -1, padId: -1 }],
  ];
  test.each(rows)('%s', (_name, ids, spec) => {
    const model = SentencePieceModel.fromBytes(whole).withPieces(ids);
    expect(model.pieces).toEqual(ids.map((id) => pieces[id]![0]));
    expect(Array.from(model.types)).toEqual(ids.map((id) => pieces[id]![1]));
    expect(model.trainerSpec).toMatchObject(spec);
    expect(model.selfTestSamples).toEqual([]);
    expect(Buffer.from(model.bytes).includes(Buffer.from(unknownField))).toBe(true);
  });

  test('keeps everything but pieces as it was, scores to the bit', () => {
    const before = SentencePieceModel.fromBytes(modelBytes('byte_fallback'));
    const ids = before.indispensablePieces.sort((a, b) => a - b);
    const after = before.withPieces(ids);
    expect(after.normalizerSpec).toEqual(before.normalizerSpec);
    expect(after.trainerSpec).toEqual(before.trainerSpec);
    expect(Array.from(after.scores)).toEqual(ids.map((id) => before.scores[id]));
  });

  test('indispensable are special and byte pieces, and ordinary ones of the lowest and the highest score', () => {
    const { indispensablePieces: ids, scores, types } = SentencePieceModel.fromBytes(modelBytes('byte_fallback'));
    const ordinary = scores.filter((_, id) => types[id] === NORMAL);
    expect(ids).toHaveLength(4 + 256 + 2);
    expect(ids.slice(-2).map((id) => scores[id])).toEqual([Math.min(...ordinary), Math.max(...ordinary)]);
  });

  test('refuses to go without the unknown piece', () => {
    expect(() => SentencePieceModel.fromBytes(file).withPieces([0, 2])).toThrowDebertaError(
      'tokenizer',
      /^The smaller model is not a valid SentencePiece model, since it holds 0 unknown pieces/,
    );
  });
});
