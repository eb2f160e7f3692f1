import { TokenizerError } from '../../errors';
import { NONE, PieceTrie } from '../unigram/piece_trie';
import { CharacterMap } from './character_map';
import {
  appendUserDefinedPieces,
  type ModelProto,
  ModelType,
  type NormalizerSpec,
  PieceType,
  readModelProto,
  type SelfTestSample,
  selectPieces,
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
  /** Texts that the trainer put into the file with their pieces; none in published models. */
  readonly selfTestSamples: readonly SelfTestSample[];
  /** The pieces as a tree, to find them in a text. */
  readonly trie: PieceTrie;

  private constructor(bytes: Uint8Array, proto: ModelProto, trie: PieceTrie, path: string) {
    this.bytes = bytes;
    this.pieces = proto.pieces;
    this.trie = trie;
    this.scores = new Float32Array(proto.scores);
    this.types = new Uint8Array(proto.types);
    this.unkId = this.types.indexOf(PieceType.unknown);
    this.trainerSpec = proto.trainerSpec;
    this.normalizerSpec = proto.normalizerSpec;
    this.selfTestSamples = proto.selfTestSamples;
    this.characterMap = CharacterMap.fromBlob(proto.normalizerSpec.precompiledCharsmap, path);
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
    const trie = new PieceTrie(proto.pieces);
    const problem = findProblem(proto, trie);
    if (problem !== undefined) {
      throw new TokenizerError(
        `${path} is not a valid SentencePiece model, since ${problem}; train or fetch it again.`,
        {
          path,
          received: problem,
        },
      );
    }
    return new SentencePieceModel(bytes, proto, trie, path);
  }

  /**
   * This model with more pieces, which are kept whole and as they are wherever they stand in a text. Their ids follow on
   * those of this model's pieces.
   *
   * @throws {TokenizerError} when the model has one of them already, one is empty or comes twice.
   *
   * @example
   * await writeFile('spm.model', model.withUserDefinedPieces(['<user>', '<bot>']).bytes);
   */
  withUserDefinedPieces(pieces: readonly string[]): SentencePieceModel {
    const known = pieces.find((piece) => this.has(piece));
    if (known !== undefined) {
      throw new TokenizerError(
        `The pieces to be added must be new, received ${JSON.stringify(known)}, which the model has; leave it out.`,
        { expected: 'pieces that the model lacks', received: known },
      );
    }
    const vocabSize = this.pieces.length + pieces.length;
    return SentencePieceModel.fromBytes(appendUserDefinedPieces(this.bytes, pieces, vocabSize), 'The extended model');
  }

  /**
   * This model with some of its pieces alone, numbered anew in their order.
   *
   * A text whose pieces are all there is cut as before, as long as the {@link indispensablePieces} are among them.
   *
   * @param ids ascending.
   * @throws {TokenizerError} when a piece is missing that no model can be without: the unknown one, or one for a byte.
   *
   * @example
   * model.withPieces([...model.indispensablePieces, model.idOf('▁the')].sort((a, b) => a - b)).pieces.length;
   */
  withPieces(ids: readonly number[]): SentencePieceModel {
    return SentencePieceModel.fromBytes(selectPieces(this.bytes, ids, this.trainerSpec), 'The smaller model');
  }

  /**
   * Ids of the pieces that a smaller model must have to cut texts in the same way: those that texts do not hold
   * (control, unknown, bytes), those a user defined, and the ordinary ones of the lowest and of the highest score. From these
   * SentencePiece counts what an unknown character and, in some versions, a user-defined piece is worth.
   */
  get indispensablePieces(): number[] {
    const { normal, unused } = PieceType;
    const ids: number[] = [];
    let [lowest, highest] = [NONE, NONE];
    for (const [id, type] of this.types.entries()) {
      if (type === normal) {
        if (lowest === NONE || this.scores[id]! < this.scores[lowest]!) lowest = id;
        if (highest === NONE || this.scores[id]! > this.scores[highest]!) highest = id;
      } else if (type !== unused) ids.push(id);
    }
    return [...ids, ...[lowest, highest].filter((id) => id !== NONE)];
  }

  /** Id of a piece, or {@link unkId} when the vocabulary does not hold it. */
  idOf(piece: string): number {
    const id = this.trie.find(piece);
    return id === NONE ? this.unkId : id;
  }

  /** Whether the vocabulary holds a piece. */
  has(piece: string): boolean {
    return this.trie.find(piece) !== NONE;
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

/** A longer one means a damaged file; SentencePiece draws the line at 8,000 bytes. */
const LONGEST_PIECE = 8000;

/** The first rule of `ModelInterface::InitializePieces` (google/sentencepiece) that the vocabulary breaks, in words. */
function findProblem({ pieces, scores, types, trainerSpec }: ModelProto, trie: PieceTrie): string | undefined {
  if (trie.firstRepeated !== NONE) return `it holds the piece ${JSON.stringify(pieces[trie.firstRepeated])} twice`;
  for (let id = 0; id < pieces.length; id++) {
    const piece = pieces[id]!;
    if (piece === '') return 'it holds an empty piece';
    if (piece.length > LONGEST_PIECE) return `it holds a piece of ${piece.length} characters`;
    if (!Number.isFinite(scores[id])) return `the score of the piece ${JSON.stringify(piece)} is ${scores[id]}`;
    if (types[id] === PieceType.byte && !trainerSpec.byteFallback) {
      return `it holds the byte piece ${piece} without byte fallback`;
    }
  }
  const unknowns = types.filter((type) => type === PieceType.unknown).length;
  if (unknowns !== 1) return `it holds ${unknowns} unknown pieces where there must be 1`;
  if (trainerSpec.byteFallback) {
    for (let byte = 0; byte < 256; byte++) {
      const id = trie.find(bytePiece(byte));
      if (id === NONE || types[id] !== PieceType.byte) {
        return `it has byte fallback but no piece ${bytePiece(byte)}`;
      }
    }
  }
  return undefined;
}

/** The piece that stands for a byte: 65 → `<0x41>`. */
export function bytePiece(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}
