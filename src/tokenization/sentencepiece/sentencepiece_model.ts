import { TokenizerError } from '../../errors';
import { CharacterMap } from './character_map';
import {
  type ModelProto,
  ModelType,
  type NormalizerSpec,
  PieceType,
  readModelProto,
  type TrainerSpec,
} from './model_proto';

/**
 * A SentencePiece Unigram model (`spm.model`): the vocabulary and what is said about using it.
 *
 * @example
 * const model = SentencePieceModel.fromBytes(await readFile('spm.model'));
 * model.pieces[model.idOf('▁the')]; // '▁the'
 */
export class SentencePieceModel {
  /** The file as it was read, to be written again as it is. */
  readonly bytes: Uint8Array;
  /** Pieces by id. */
  readonly pieces: readonly string[];
  /** Log probabilities by id. */
  readonly scores: Float32Array;
  /** `PieceType` by id. */
  readonly types: Uint8Array;
  /** Id of the piece that stands for everything unknown. */
  readonly unkId: number;
  readonly trainerSpec: Readonly<TrainerSpec>;
  readonly normalizerSpec: Readonly<NormalizerSpec>;
  /** What characters become before they are segmented; undefined for a model that changes none. */
  readonly characterMap: CharacterMap | undefined;
  readonly #ids: ReadonlyMap<string, number>;

  private constructor(bytes: Uint8Array, proto: ModelProto, path: string) {
    this.bytes = bytes;
    this.pieces = proto.pieces.map((piece) => piece.text);
    this.scores = Float32Array.from(proto.pieces, (piece) => piece.score);
    this.types = Uint8Array.from(proto.pieces, (piece) => piece.type);
    this.unkId = this.types.indexOf(PieceType.unknown);
    this.trainerSpec = proto.trainerSpec;
    this.normalizerSpec = proto.normalizerSpec;
    this.characterMap = CharacterMap.fromBlob(proto.normalizerSpec.precompiledCharsmap, path);
    this.#ids = new Map(this.pieces.map((piece, id) => [piece, id]));
  }

  /**
   * Reads and checks a model.
   *
   * @param bytes content of the file, kept by the model: do not change it afterwards.
   * @param path names the file in error messages.
   * @throws {TokenizerError} when the bytes are not a SentencePiece model, the model is not a Unigram model, or its
   *   vocabulary breaks a rule of the format.
   */
  static fromBytes(bytes: Uint8Array, path = 'The SentencePiece model'): SentencePieceModel {
    const proto = parse(bytes, path);
    const { modelType } = proto.trainerSpec;
    if (modelType !== ModelType.unigram) {
      const name = Object.entries(ModelType).find(([, type]) => type === modelType)?.[0] ?? modelType;
      throw new TokenizerError(
        `${path} must be a Unigram SentencePiece model, received one of type ${name}; use the spm.model of a DeBERTa-v2 or v3 checkpoint.`,
        { path, expected: 'unigram', received: name },
      );
    }
    const problem = findProblem(proto);
    if (problem !== undefined) {
      throw new TokenizerError(
        `${path} is not a valid SentencePiece model, since ${problem}; train or fetch it again.`,
        {
          path,
          received: problem,
        },
      );
    }
    return new SentencePieceModel(bytes, proto, path);
  }

  /** Id of a piece, or {@link unkId} when the vocabulary does not hold it. */
  idOf(piece: string): number {
    return this.#ids.get(piece) ?? this.unkId;
  }

  /** Whether the vocabulary holds a piece. */
  has(piece: string): boolean {
    return this.#ids.has(piece);
  }
}

function parse(bytes: Uint8Array, path: string): ModelProto {
  const wrongFile = (cause?: unknown) =>
    new TokenizerError(
      `${path} must be a SentencePiece model, received ${bytes.length} bytes that are not one or only a part of one; fetch the file again (a web page or a Git LFS pointer may have been saved in its place).`,
      { path, expected: 'a SentencePiece ModelProto', cause },
    );
  let proto: ModelProto;
  try {
    proto = readModelProto(bytes);
  } catch (cause) {
    throw wrongFile(cause);
  }
  if (proto.pieces.length === 0) throw wrongFile();
  return proto;
}

/** The first rule of `ModelInterface::InitializePieces` (google/sentencepiece) that the vocabulary breaks, in words. */
function findProblem({ pieces, trainerSpec }: ModelProto): string | undefined {
  const seen = new Set<string>();
  for (const { text, type } of pieces) {
    if (text === '') return 'it holds an empty piece';
    if (seen.has(text)) return `it holds the piece ${JSON.stringify(text)} twice`;
    seen.add(text);
    if (type === PieceType.byte && !trainerSpec.byteFallback) {
      return `it holds the byte piece ${text} without byte fallback`;
    }
  }
  const unknowns = pieces.filter(({ type }) => type === PieceType.unknown).length;
  if (unknowns !== 1) return `it holds ${unknowns} unknown pieces where there must be 1`;
  if (trainerSpec.byteFallback) {
    const bytePieces = new Set(pieces.filter(({ type }) => type === PieceType.byte).map(({ text }) => text));
    for (let byte = 0; byte < 256; byte++) {
      if (!bytePieces.has(bytePiece(byte))) return `it has byte fallback but no piece ${bytePiece(byte)}`;
    }
  }
  return undefined;
}

/** The piece that stands for a byte: 65 → `<0x41>`. */
export function bytePiece(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}
