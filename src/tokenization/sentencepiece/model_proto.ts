import { Reader, Writer } from 'protobufjs/minimal.js';

/** What a piece is for, by the numbers of `sentencepiece_model.proto`. */
export const PieceType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** How a model segments, by the numbers of `sentencepiece_model.proto`. */
export const ModelType = { unigram: 1, bpe: 2, word: 3, char: 4 } as const;

/** The part of `TrainerSpec` that matters for tokenizing. */
export interface TrainerSpec {
  modelType: number;
  byteFallback: boolean;
  /** Whether pieces end with a space rather than begin with one. */
  treatWhitespaceAsSuffix: boolean;
  /** -1 where the model has no such piece; the same goes for the other ids. */
  unkId: number;
  bosId: number;
  eosId: number;
  padId: number;
  unkPiece: string;
  bosPiece: string;
  eosPiece: string;
  padPiece: string;
  /** What the unknown piece decodes to. */
  unkSurface: string;
}

/** How a text is normalized before it is segmented. */
export interface NormalizerSpec {
  name: string;
  /** The compiled character map; empty for none. */
  precompiledCharsmap: Uint8Array;
  addDummyPrefix: boolean;
  removeExtraWhitespaces: boolean;
  escapeWhitespaces: boolean;
}

/** A text and its pieces, as the trainer of the model had them. */
export interface SelfTestSample {
  readonly input: string;
  /** The pieces, with spaces between them. */
  readonly expected: string;
}

/** A SentencePiece model file, with the format's defaults for what it leaves out. */
export interface ModelProto {
  /** The vocabulary: text of each piece by id. */
  pieces: string[];
  /** Log probability by id. */
  scores: number[];
  /** {@link PieceType} by id. */
  types: number[];
  trainerSpec: TrainerSpec;
  normalizerSpec: NormalizerSpec;
  selfTestSamples: SelfTestSample[];
}

/**
 * Reads the protobuf message of a SentencePiece model (`sentencepiece_model.proto`) without judging its content.
 *
 * Uses the wire reader of protobufjs and no generated decoder: those are made with `Function`, which a page or a
 * browser extension with a strict content security policy forbids.
 *
 * @throws whatever protobufjs throws for bytes that are no protobuf message.
 */
export function readModelProto(bytes: Uint8Array): ModelProto {
  const reader = Reader.create(bytes);
  const proto: ModelProto = {
    pieces: [],
    scores: [],
    types: [],
    trainerSpec: defaultTrainerSpec(),
    normalizerSpec: defaultNormalizerSpec(),
    selfTestSamples: [],
  };
  readFields(reader, reader.len, (tag) => {
    if (tag === MESSAGE(1)) readPiece(reader, proto);
    else if (tag === MESSAGE(2)) readTrainerSpec(reader, proto.trainerSpec);
    else if (tag === MESSAGE(3)) readNormalizerSpec(reader, proto.normalizerSpec);
    else if (tag === MESSAGE(4)) readSelfTestData(reader, proto.selfTestSamples);
    else return false;
    return true;
  });
  return proto;
}

/**
 * The bytes of a model with user-defined pieces put at the end of its vocabulary.
 *
 * They are appended as a message of their own: protobuf adds the elements of repeated fields and takes the last value of
 * others. So nothing of the given bytes is lost, fields that this package does not know included.
 */
export function appendUserDefinedPieces(bytes: Uint8Array, pieces: readonly string[], vocabSize: number): Uint8Array {
  const writer = Writer.create();
  for (const piece of pieces) {
    const fields = Writer.create().uint32(TEXT(1)).string(piece).uint32(FLOAT(2)).float(0);
    fields.uint32(INTEGER(3)).int32(PieceType.userDefined);
    writer.uint32(MESSAGE(1)).bytes(fields.finish());
  }
  const trainerSpec = Writer.create().uint32(INTEGER(4)).int32(vocabSize);
  for (const piece of pieces) trainerSpec.uint32(TEXT(31)).string(piece);
  writer.uint32(MESSAGE(2)).bytes(trainerSpec.finish());
  return joined([bytes, writer.finish()]);
}

/**
 * The bytes of a model with some of its pieces alone, in their order.
 *
 * Everything else stays byte by byte, fields that this package does not know included, but for two things: texts to
 * test the model with, whose pieces may be gone, and the ids of special pieces, which follow.
 *
 * @param ids of the pieces that stay, ascending.
 */
export function selectPieces(bytes: Uint8Array, ids: readonly number[], spec: Readonly<TrainerSpec>): Uint8Array {
  const wanted = new Set(ids);
  const kept: Uint8Array[] = [];
  const reader = Reader.create(bytes);
  let begin = 0;
  let id = 0;
  readFields(reader, reader.len, (tag) => {
    reader.skipType(tag & 7);
    if (tag === MESSAGE(1) ? wanted.has(id++) : tag !== MESSAGE(4)) kept.push(bytes.subarray(begin, reader.pos));
    begin = reader.pos;
    return true;
  });
  const newId = (old: number) => (old < 0 ? old : ids.indexOf(old));
  const trainerSpec = Writer.create().uint32(INTEGER(4)).int32(ids.length);
  trainerSpec.uint32(INTEGER(40)).int32(newId(spec.unkId)).uint32(INTEGER(41)).int32(newId(spec.bosId));
  trainerSpec.uint32(INTEGER(42)).int32(newId(spec.eosId)).uint32(INTEGER(43)).int32(newId(spec.padId));
  return joined([...kept, Writer.create().uint32(MESSAGE(2)).bytes(trainerSpec.finish()).finish()]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Written out rather than by {@link readMessage}, since there are 100,000 of them and more. */
function readPiece(reader: Reader, { pieces, scores, types }: ModelProto): void {
  const end = endOfMessage(reader);
  let text = '';
  let score = 0;
  let type: number = PieceType.normal;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === TEXT(1)) text = reader.string();
    else if (tag === FLOAT(2)) score = reader.float();
    else if (tag === INTEGER(3)) type = reader.int32();
    else reader.skipType(tag & 7);
  }
  requireEnd(reader, end);
  pieces.push(text);
  scores.push(score);
  types.push(type);
}

function readTrainerSpec(reader: Reader, spec: TrainerSpec): void {
  readMessage(reader, (tag) => {
    if (tag === INTEGER(3)) spec.modelType = reader.int32();
    else if (tag === INTEGER(24)) spec.treatWhitespaceAsSuffix = reader.bool();
    else if (tag === INTEGER(35)) spec.byteFallback = reader.bool();
    else if (tag === INTEGER(40)) spec.unkId = reader.int32();
    else if (tag === INTEGER(41)) spec.bosId = reader.int32();
    else if (tag === INTEGER(42)) spec.eosId = reader.int32();
    else if (tag === INTEGER(43)) spec.padId = reader.int32();
    else if (tag === TEXT(44)) spec.unkSurface = reader.string();
    else if (tag === TEXT(45)) spec.unkPiece = reader.string();
    else if (tag === TEXT(46)) spec.bosPiece = reader.string();
    else if (tag === TEXT(47)) spec.eosPiece = reader.string();
    else if (tag === TEXT(48)) spec.padPiece = reader.string();
    else return false;
    return true;
  });
}

function readNormalizerSpec(reader: Reader, spec: NormalizerSpec): void {
  readMessage(reader, (tag) => {
    if (tag === TEXT(1)) spec.name = reader.string();
    else if (tag === TEXT(2)) spec.precompiledCharsmap = reader.bytes();
    else if (tag === INTEGER(3)) spec.addDummyPrefix = reader.bool();
    else if (tag === INTEGER(4)) spec.removeExtraWhitespaces = reader.bool();
    else if (tag === INTEGER(5)) spec.escapeWhitespaces = reader.bool();
    else return false;
    return true;
  });
}

function readSelfTestData(reader: Reader, samples: SelfTestSample[]): void {
  readMessage(reader, (tag) => {
    if (tag !== MESSAGE(1)) return false;
    const sample = { input: '', expected: '' };
    readMessage(reader, (field) => {
      if (field === TEXT(1)) sample.input = reader.string();
      else if (field === TEXT(2)) sample.expected = reader.string();
      else return false;
      return true;
    });
    samples.push(sample);
    return true;
  });
}

function defaultTrainerSpec(): TrainerSpec {
  return {
    modelType: ModelType.unigram,
    byteFallback: false,
    treatWhitespaceAsSuffix: false,
    unkId: 0,
    bosId: 1,
    eosId: 2,
    padId: -1,
    unkPiece: '<unk>',
    bosPiece: '<s>',
    eosPiece: '</s>',
    padPiece: '<pad>',
    unkSurface: ' \u2047 ',
  };
}

function defaultNormalizerSpec(): NormalizerSpec {
  return {
    name: '',
    precompiledCharsmap: new Uint8Array(),
    addDummyPrefix: true,
    removeExtraWhitespaces: true,
    escapeWhitespaces: true,
  };
}

/** The tag that stands before a field: its number and how its value is written. */
const INTEGER = (field: number) => (field << 3) | 0;
const MESSAGE = (field: number) => (field << 3) | 2;
const TEXT = MESSAGE;
const FLOAT = (field: number) => (field << 3) | 5;

/** Reads one embedded message; `readField` returns false for a tag it does not know. */
function readMessage(reader: Reader, readField: (tag: number) => boolean): void {
  readFields(reader, endOfMessage(reader), readField);
}

function readFields(reader: Reader, end: number, readField: (tag: number) => boolean): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (!readField(tag)) reader.skipType(tag & 7);
  }
  requireEnd(reader, end);
}

function endOfMessage(reader: Reader): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError(`A message of ${length} bytes runs over the end of the file.`);
  return end;
}

function requireEnd(reader: Reader, end: number): void {
  if (reader.pos !== end) throw new RangeError('A field runs over the end of its message.');
}
