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
