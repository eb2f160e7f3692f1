import { Reader } from 'protobufjs/minimal.js';

/** What a piece is for, by the numbers of `sentencepiece_model.proto`. */
export const PieceType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** How a model segments, by the numbers of `sentencepiece_model.proto`. */
export const ModelType = { unigram: 1, bpe: 2, word: 3, char: 4 } as const;

/** One entry of the vocabulary; its position is its id. */
export interface PieceProto {
  text: string;
  score: number;
  type: number;
}

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

/** A SentencePiece model file, with the format's defaults for what it leaves out. */
export interface ModelProto {
  pieces: PieceProto[];
  trainerSpec: TrainerSpec;
  normalizerSpec: NormalizerSpec;
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
  const proto: ModelProto = { pieces: [], trainerSpec: defaultTrainerSpec(), normalizerSpec: defaultNormalizerSpec() };
  readFields(reader, reader.len, (tag) => {
    if (tag === MESSAGE(1)) proto.pieces.push(readPiece(reader));
    else if (tag === MESSAGE(2)) readTrainerSpec(reader, proto.trainerSpec);
    else if (tag === MESSAGE(3)) readNormalizerSpec(reader, proto.normalizerSpec);
    else return false;
    return true;
  });
  return proto;
}

function readPiece(reader: Reader): PieceProto {
  const piece: PieceProto = { text: '', score: 0, type: PieceType.normal };
  readMessage(reader, (tag) => {
    if (tag === TEXT(1)) piece.text = reader.string();
    else if (tag === FLOAT(2)) piece.score = reader.float();
    else if (tag === INTEGER(3)) piece.type = reader.int32();
    else return false;
    return true;
  });
  return piece;
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
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError(`A message of ${length} bytes runs over the end of the file.`);
  readFields(reader, end, readField);
}

function readFields(reader: Reader, end: number, readField: (tag: number) => boolean): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (!readField(tag)) reader.skipType(tag & 7);
  }
  if (reader.pos !== end) throw new RangeError('A field runs over the end of its message.');
}
