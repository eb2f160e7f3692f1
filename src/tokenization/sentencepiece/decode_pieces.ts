import { PieceType } from './model_proto';
import type { SentencePieceModel } from './sentencepiece_model';

/**
 * Joins pieces to a text, as `SentencePieceProcessor.decode_pieces` of SentencePiece 0.2 does.
 *
 * `▁` becomes a space, except at the beginning; control pieces vanish; runs of `<0xNN>` pieces are read as UTF-8, with
 * U+FFFD for every byte that does not fit; a piece that the vocabulary does not hold stays as it is.
 *
 * @example
 * decodePieces(model, ['▁Call', '▁me', '<0xE2>', '<0x98>', '<0x83>']); // 'Call me☃'
 */
export function decodePieces(model: SentencePieceModel, pieces: readonly string[]): string {
  const { addDummyPrefix, removeExtraWhitespaces } = model.normalizerSpec;
  let text = '';
  let bytes: number[] = [];
  let atBeginning = addDummyPrefix || removeExtraWhitespaces;
  for (const piece of pieces) {
    const id = model.idOf(piece);
    if (model.types[id] === PieceType.byte) {
      bytes.push(Number.parseInt(piece.slice(3, 5), 16));
      continue;
    }
    text += decodeUtf8(bytes);
    bytes = [];
    if (text !== '') atBeginning = false;
    if (model.types[id] === PieceType.control) continue;
    if (id === model.unkId) {
      text += piece === model.pieces[id] ? model.trainerSpec.unkSurface : piece;
    } else if (atBeginning && piece.startsWith(WORD_START)) {
      text += withSpaces(piece.slice(WORD_START.length));
      // Where extra spaces are kept, only the one that normalization put in front is taken away again.
      atBeginning = removeExtraWhitespaces;
    } else {
      text += withSpaces(piece);
    }
  }
  return text + decodeUtf8(bytes);
}

const WORD_START = '\u2581';

function withSpaces(piece: string): string {
  return piece.replaceAll(WORD_START, ' ');
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** One U+FFFD for each byte that does not fit, where `TextDecoder` would write one for several. */
function decodeUtf8(bytes: readonly number[]): string {
  let text = '';
  for (let start = 0; start < bytes.length; ) {
    const length = sequenceLength(bytes[start]!);
    const character = decodeCharacter(bytes.slice(start, start + length));
    text += character ?? '\ufffd';
    start += character === undefined ? 1 : length;
  }
  return text;
}

function decodeCharacter(bytes: readonly number[]): string | undefined {
  try {
    return strictDecoder.decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

function sequenceLength(leadByte: number): number {
  if (leadByte < 0x80) return 1;
  if (leadByte < 0xe0) return 2;
  return leadByte < 0xf0 ? 3 : 4;
}
