import type { DebertaV2Config } from '../config/deberta_v2_config';
import { UsageError } from '../errors';
import type { TFDebertaV2PreTrainedModel } from '../models/pretrained_model';
import type { PreTrainedTokenizer } from '../tokenization/pretrained_tokenizer';
import type { Corpus, TrimmedTokenizer, TrimOptions, TrimReport } from '../tokenization/trim_tokenizer';

/** What became of a model's vocabulary. */
export interface VocabularyReport extends TrimReport {
  /** Rows of the word embeddings before, those that no token has included. */
  readonly rowsBefore: number;
  /** Rows of the word embeddings afterwards: one for each token. */
  readonly rowsAfter: number;
  /** Bytes of all weights in float32, before. */
  readonly bytesBefore: number;
  /** Bytes of all weights in float32, afterwards. */
  readonly bytesAfter: number;
}

/** What {@link trimVocabulary} gives back. */
export interface TrimmedVocabulary<Tokenizer> {
  /** To be used with the model from now on. */
  readonly tokenizer: Tokenizer;
  /** Old ids by new id. */
  readonly oldIds: readonly number[];
  readonly report: VocabularyReport;
}

/** A tokenizer whose `trim` makes another of its class. */
interface Trimmable<Tokenizer>
  extends Pick<PreTrainedTokenizer, 'vocabSize' | 'getAddedVocab' | 'convertIdsToTokens' | 'convertTokensToIds'> {
  trim(corpus: Corpus, options?: TrimOptions): Promise<TrimmedTokenizer<Tokenizer>>;
}

/**
 * Takes the tokens that a corpus does not use out of a model and its tokenizer: of mdeberta-v3-base's 1.1 GB, 0.77 GB
 * are word embeddings, and a text in one language reads few of their 251,000 rows.
 *
 * The model is changed where it is: it has a row for each token of the new tokenizer, in the same order, and the token
 * ids in its configuration follow. Rows that no token had go too. On the texts of the corpus hidden states are the same
 * bit by bit, and so are the outputs of every head; a masked-LM head scores the tokens that are left, with the same
 * scores but for rounding. Other texts are cut into smaller pieces; see `trim` of the tokenizers. A compiled model must
 * be compiled again.
 *
 * The corpus is read twice and never held: give it all the texts the model is to be trained and used on, or such as
 * hold their words. An idea of Abdaoui et al. (2020), "Load What You Need: Smaller Versions of Multilingual BERT".
 *
 * @param tokenizer stays as it is.
 * @param corpus texts, a list or a function that opens them.
 * @param options `keep` (tokens that stay in any case), `minCount` (1), `verify` (true: the corpus is cut again).
 * @throws {UsageError} when the model has fewer rows than the tokenizer tokens; {@link TokenizerError} as `trim` of the
 *   tokenizers. Nothing is changed then.
 *
 * @example
 * const { tokenizer: small, report } = await trimVocabulary(model, tokenizer, lines);
 * console.log(report.rowsBefore, report.rowsAfter, report.bytesBefore - report.bytesAfter);
 * await model.savePretrained('small');
 * await small.savePretrained('small');
 */
export async function trimVocabulary<Tokenizer>(
  model: TFDebertaV2PreTrainedModel,
  tokenizer: Trimmable<Tokenizer>,
  corpus: Corpus,
  options: TrimOptions = {},
): Promise<TrimmedVocabulary<Tokenizer>> {
  const { config } = model;
  requireRowsFor(tokenizer, config);
  const keep = [...(options.keep ?? []), ...tokensOfConfig(config, tokenizer)];
  const trimmed = await tokenizer.trim(corpus, { ...options, keep });
  const bytesBefore = bytesOf(model);
  model.keepTokenEmbeddings(trimmed.oldIds);
  return {
    ...trimmed,
    report: {
      ...trimmed.report,
      rowsBefore: config.vocabSize,
      rowsAfter: trimmed.oldIds.length,
      bytesBefore,
      bytesAfter: bytesOf(model),
    },
  };
}

/** Tokens that the configuration names by their ids. */
function tokensOfConfig(config: DebertaV2Config, tokenizer: Trimmable<unknown>): string[] {
  const ids = Object.entries(config.toJSON()).filter(([key]) => key.endsWith('_token_id'));
  const ofTokens = ids.flatMap(([, id]) => (hasToken(tokenizer, id) ? [id] : []));
  return tokenizer.convertIdsToTokens(ofTokens);
}

function hasToken(tokenizer: Trimmable<unknown>, id: unknown): id is number {
  if (typeof id !== 'number' || id < 0) return false;
  return tokenizer.convertTokensToIds(tokenizer.convertIdsToTokens(id)) === id;
}

function requireRowsFor(tokenizer: Trimmable<unknown>, { vocabSize, padTokenId }: DebertaV2Config): void {
  const largest = Math.max(...tokenizer.getAddedVocab().values(), tokenizer.vocabSize - 1);
  if (largest < vocabSize && hasToken(tokenizer, padTokenId)) return;
  throw new UsageError(
    `The model must have a row for each token, and one of the tokens for padding, received ${vocabSize} rows and pad_token_id ${padTokenId} for ids up to ${largest}; use the tokenizer of this model, after resizeTokenEmbeddings where tokens were added.`,
    { path: 'tokenizer', expected: largest + 1, received: vocabSize },
  );
}

const BYTES_PER_WEIGHT = 4;

function bytesOf(model: TFDebertaV2PreTrainedModel): number {
  return BYTES_PER_WEIGHT * model.numParameters();
}
