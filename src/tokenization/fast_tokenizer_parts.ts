import { TokenizerError } from '../errors';
import { type AddedToken, addedTokenJson } from './added_token';
import type { BackendMaker } from './fast_backend';
import { indispensableIds, renumberTokenizerJson } from './pipeline/renumber_tokenizer_json';
import { type TokenizerJson, tokenizerJsonFromModel } from './pipeline/tokenizer_json_from_model';
import { TokenizerPipeline } from './pipeline/tokenizer_pipeline';
import { optionsOf, piecesOf, pipelineBackends } from './pipeline_backend';
import type { SentencePieceModel } from './sentencepiece/sentencepiece_model';
import { sentencePieceBackends } from './sentencepiece_backend';
import type { TokenNumbering } from './token_numbering';
import type { JsonFile } from './tokenizer_config';
import type { DebertaV2TokenizerOptions } from './tokenizer_options';
import { TOKENIZER_FILE } from './tokenizer_source';
import { type PieceVocabulary, TokenizerVocabulary } from './tokenizer_vocabulary';

/** Whose tokens the fast tokenizer gives. */
export type TokenizerAlgorithm = 'slow' | 'fast';

/** What a fast tokenizer is made of. */
export interface FastTokenizerParts {
  readonly algorithm: TokenizerAlgorithm;
  readonly pieces: PieceVocabulary;
  readonly options: DebertaV2TokenizerOptions;
  readonly makeBackend: BackendMaker;
  /** The model, where there is one. */
  readonly model: SentencePieceModel | undefined;
  /** Content of the `tokenizer.json` that says the same. */
  readonly toJson: (vocabulary: TokenizerVocabulary) => TokenizerJson;
  /** Ids of the tokens that a smaller tokenizer must keep to cut texts in the same way. */
  readonly indispensableIds: () => readonly number[];
  /** The parts of a smaller tokenizer; `options` have the added tokens by their new ids. */
  readonly withTokens: (numbering: TokenNumbering, options: DebertaV2TokenizerOptions) => FastTokenizerParts;
}

/** Parts of a tokenizer from an `spm.model`. */
export function partsOfModel(
  model: SentencePieceModel,
  algorithm: TokenizerAlgorithm = 'slow',
  options: DebertaV2TokenizerOptions,
): FastTokenizerParts {
  if (algorithm === 'fast') {
    const vocabulary = new TokenizerVocabulary(model, options, options.addedTokens);
    const content = convertModel(model, algorithm, vocabulary, options);
    return partsOfJson({ path: TOKENIZER_FILE, content }, options, model);
  }
  return {
    algorithm,
    pieces: model,
    options,
    makeBackend: sentencePieceBackends(model),
    model,
    toJson: (vocabulary) => convertModel(model, algorithm, vocabulary, options),
    indispensableIds: () => model.indispensablePieces,
    withTokens: ({ pieces }, changed) => partsOfModel(model.withPieces(pieces), algorithm, changed),
  };
}

/**
 * Parts of a tokenizer from a `tokenizer.json`.
 *
 * @param model to be saved again, where there is one.
 */
export function partsOfJson(
  { path, content }: JsonFile,
  options: DebertaV2TokenizerOptions,
  model: SentencePieceModel | undefined,
): FastTokenizerParts {
  const pipeline = TokenizerPipeline.fromJson(content, path);
  const { addedTokens, ...fromFile } = optionsOf(pipeline, options.addedTokens);
  return {
    algorithm: 'fast',
    pieces: piecesOf(pipeline),
    options: { ...fromFile, ...options, ...(addedTokens && { addedTokens }) },
    makeBackend: pipelineBackends(pipeline),
    model,
    toJson: (vocabulary) => ({
      ...(content as TokenizerJson),
      added_tokens: Array.from(vocabulary.addedTokens, ([id, token]) => ({ id, ...addedTokenJson(token) })),
    }),
    indispensableIds: () => [...indispensableIds(pipeline), ...(model?.indispensablePieces ?? [])],
    withTokens: (numbering, changed) => {
      if (model !== undefined) requireSamePieces(pipeline, model, path);
      const smaller = renumberTokenizerJson(content as TokenizerJson, numbering, changed.addedTokens ?? new Map());
      return partsOfJson({ path, content: smaller }, changed, model?.withPieces(numbering.pieces));
    },
  };
}

/** @throws {TokenizerError} when the ids of one vocabulary are not those of the other. */
function requireSamePieces({ pieces }: TokenizerPipeline, model: SentencePieceModel, path: string): void {
  const differs = model.pieces.findIndex((piece, id) => piece !== pieces[id]);
  if (differs < 0 && pieces.length === model.pieces.length) return;
  throw new TokenizerError(
    `${path} and spm.model must hold the same pieces to be made smaller together, and differ at id ${differs < 0 ? model.pieces.length : differs}; load the tokenizer from one of the two files.`,
    { path, expected: model.pieces[differs], received: pieces[differs] },
  );
}

function convertModel(
  model: SentencePieceModel,
  algorithm: TokenizerAlgorithm,
  vocabulary: TokenizerVocabulary,
  { doLowerCase = false, splitByPunct = false }: DebertaV2TokenizerOptions,
): TokenizerJson {
  const { clsToken, sepToken } = vocabulary.specialTokens;
  const withId = ({ content }: AddedToken) => ({ content, id: vocabulary.idOf(content) });
  return tokenizerJsonFromModel(model, {
    algorithm,
    doLowerCase,
    splitByPunct,
    addedTokens: vocabulary.addedTokens,
    clsToken: withId(clsToken),
    sepToken: withId(sepToken),
  });
}
