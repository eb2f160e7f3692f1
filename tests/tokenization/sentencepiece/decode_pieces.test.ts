import { Writer } from 'protobufjs/minimal.js';
import { decodePieces } from '../../../src/tokenization/sentencepiece/decode_pieces';
import { SentencePieceModel } from '../../../src/tokenization/sentencepiece/sentencepiece_model';
import { modelBytes } from '../tables';

// Expected texts are those of SentencePieceProcessor.decode_pieces (Python, SentencePiece 0.2.3) on the same model.
const cases: [name: string, pieces: string[], text: string][] = [
  ['nothing', [], ''],
  ['word starts as spaces but for the first', ['▁the', '▁whale'], 'the whale'],
  ['a bare word start at the beginning', ['▁', '▁the'], 'the'],
  ['several word starts at the beginning', ['▁', '▁', '▁the', '▁whale'], 'the whale'],
  ['a beginning without word start', ['the', '▁whale'], 'the whale'],
  ['bytes of one character', ['<0xE2>', '<0x98>', '<0x83>'], '☃'],
  ['bytes of a character beyond the basic plane', ['<0xF0>', '<0x9F>', '<0x98>', '<0x80>', '▁end'], '😀 end'],
  ['a character cut short', ['▁a', '<0xE2>', '<0x98>', 'b'], 'a\ufffd\ufffdb'],
  ['a character cut short before another', ['<0xE2>', '<0x98>', '<0xE2>', '<0x98>', '<0x83>'], '\ufffd\ufffd☃'],
  ['a byte that never begins a character', ['<0xFF>', '<0x41>'], '\ufffdA'],
  ['a continuation byte alone', ['<0x80>'], '\ufffd'],
  ['a lead byte alone', ['<0xC3>'], '\ufffd'],
  ['a surrogate', ['<0xED>', '<0xA0>', '<0x80>'], '\ufffd\ufffd\ufffd'],
  ['an overlong form', ['<0xC0>', '<0x80>'], '\ufffd\ufffd'],
  ['a character beyond Unicode', ['<0xF4>', '<0x90>', '<0x80>', '<0x80>'], '\ufffd\ufffd\ufffd\ufffd'],
  ['a byte order mark', ['<0xEF>', '<0xBB>', '<0xBF>', 'x'], '\ufeffx'],
  ['a zero byte', ['<0x00>', 'a'], '\u0000a'],
  ['a space byte at the beginning', ['<0x20>', '▁the'], '  the'],
  ['control pieces as nothing', ['[CLS]', '▁the', '[SEP]'], 'the'],
  ['the unknown piece', ['[UNK]', '▁the'], ' \u2047  the'],
  ['pieces outside the vocabulary as they are', ['▁the', 'unknown☃', '▁whale'], 'theunknown☃ whale'],
  ['word starts of pieces outside the vocabulary as they are', ['a▁b▁c', '▁a'], 'a▁b▁c a'],
];

test.each(cases)('decodePieces reads %s', (_name, pieces, text) => {
  expect(decodePieces(SentencePieceModel.fromBytes(modelBytes('byte_fallback')), pieces)).toBe(text);
});

/** A model of `[UNK]`, `▁` and `▁a` whose normalizer keeps extra white space; field 3 is add_dummy_prefix. */
function modelKeepingSpaces(addDummyPrefix: boolean): SentencePieceModel {
  const writer = Writer.create();
  for (const [text, type] of [
    ['[UNK]', 2],
    ['▁', 1],
    ['▁a', 1],
  ] as const) {
    writer.uint32(10).fork().uint32(10).string(text).uint32(24).int32(type).ldelim();
  }
  writer.uint32(26).fork().uint32(24).bool(addDummyPrefix).uint32(32).bool(false).ldelim();
  return SentencePieceModel.fromBytes(writer.finish());
}

test('decodePieces takes one space away where extra spaces are kept and one was put in front', () => {
  expect(decodePieces(modelKeepingSpaces(true), ['▁', '▁', '▁a'])).toBe('  a');
  expect(decodePieces(modelKeepingSpaces(true), ['▁a', '▁a'])).toBe('a a');
});

test('decodePieces keeps every space where none was put in front', () => {
  expect(decodePieces(modelKeepingSpaces(false), ['▁a', '▁a'])).toBe(' a a');
});
