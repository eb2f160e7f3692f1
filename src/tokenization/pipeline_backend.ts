import type { AddedToken } from './added_token';
import type { SequenceTemplate } from './encoding/sequence_template';
import type { BackendMaker, FastBackend } from './fast_backend';
import type { TokenizerPipeline } from './pipeline/tokenizer_pipeline';
import type { TokenList } from './token_list';
import type { DebertaV2TokenizerOptions } from './tokenizer_options';
import type { PieceVocabulary, TokenizerVocabulary } from './tokenizer_vocabulary';

/** The way of cutting texts that a `tokenizer.json` describes. */
class PipelineBackend implements FastBackend {
  readonly template: SequenceTemplate;
  readonly #pipeline: TokenizerPipeline;
  readonly #vocabulary: TokenizerVocabulary;

  constructor(pipeline: TokenizerPipeline, vocabulary: TokenizerVocabulary) {
    this.template = pipeline.template;
    this.#pipeline = pipeline;
    this.#vocabulary = vocabulary;
  }

  encodePieces(text: string): string[] {
    return this.#pipeline.encodePieces(text);
  }

  encodeIds(text: string): number[] {
    return this.#pipeline.encodeIds(text);
  }

  encode(text: string, tokens: TokenList): void {
    this.#pipeline.encode(text, tokens);
  }

  decode(ids: readonly number[], skipSpecialTokens: boolean): string {
    return this.#pipeline.decode(ids, { skipSpecialTokens });
  }

  joinTokens(tokens: readonly string[]): string {
    return this.#pipeline.decode(tokens.map((token) => this.#vocabulary.idOf(token)));
  }
}

/** Backends of one pipeline, each with the added tokens of its vocabulary. */
export function pipelineBackends(pipeline: TokenizerPipeline): BackendMaker {
  return (vocabulary, { splitSpecialTokens }) => {
    const complete = pipeline.withAddedTokens(vocabulary.addedTokens.values());
    return new PipelineBackend(complete.withSpecialTokensSplit(splitSpecialTokens), vocabulary);
  };
}

/** The pieces of a pipeline's model, without its added tokens. */
export function piecesOf(pipeline: TokenizerPipeline): PieceVocabulary {
  const { pieces, unkId, vocabSize } = pipeline;
  const find = (piece: string): number | undefined => {
    const id = pipeline.idOf(piece);
    return id !== undefined && id < vocabSize ? id : undefined;
  };
  return { pieces, unkId, idOf: (piece) => find(piece) ?? unkId, has: (piece) => find(piece) !== undefined };
}

/**
 * Options that a `tokenizer.json` stands for, where nothing else gives them: sides, padding token, added tokens.
 *
 * @param more further added tokens, as `tokenizer_config.json` lists them.
 */
export function optionsOf(
  pipeline: TokenizerPipeline,
  more: ReadonlyMap<number, AddedToken> = new Map(),
): DebertaV2TokenizerOptions {
  const { padding, truncation } = pipeline;
  return {
    addedTokens: pipeline.withAddedTokens(more.values()).addedTokens,
    ...(padding && { paddingSide: toSide(padding.direction), padToken: padding.padToken }),
    ...(truncation && { truncationSide: toSide(truncation.direction) }),
  };
}

function toSide(direction: 'Left' | 'Right'): 'left' | 'right' {
  return direction === 'Left' ? 'left' : 'right';
}
