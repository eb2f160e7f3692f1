import { InputError, TokenizerError } from '../../errors';
import type { DebertaV2TokenizerFast } from '../../tokenization/deberta_v2_tokenizer_fast';
import type { BatchEncoding, Offsets } from '../../tokenization/encoding/encoding';
import type { CallResult } from '../../tokenization/encoding/position_maps';
import type { QuestionExample } from '../examples/question_example';
import { shown } from '../examples/row_fields';
import { requireInteger } from '../require_integer';
import { answerTokens, NOT_HERE } from './answer_tokens';
import { type EncodedText, toEncodedText } from './encoded_text';
import { FeatureBuilder, type FeatureBuilderOptions } from './feature_builder';
import { featureLength } from './feature_length';

/** A question with a window of its context, as numbers. */
export interface QuestionFeature extends EncodedText {
  /** Of the example; windows of one context share it. */
  readonly exampleId: string;
  readonly context: string;
  /** Where each token stands in the context, in UTF-16 code units; null for tokens that are not of the context. */
  readonly offset_mapping: readonly (Offsets | null)[];
  /** First token of the answer; 0, which is `[CLS]`, where the window does not hold all of it. */
  readonly start_positions?: number;
  /** Last token of the answer, inclusive, or 0. */
  readonly end_positions?: number;
}

/** Options of {@link QuestionFeatureBuilder}. */
export interface QuestionFeatureOptions extends FeatureBuilderOptions {
  tokenizer: DebertaV2TokenizerFast;
  /** Longest feature in tokens, question and special tokens included, 384 by default. */
  maxLength?: number;
  /** How many tokens of the context one window repeats of the one before, 128 by default. */
  stride?: number;
  /**
   * Whether features have positions of the answer, true by default. Without them answers are not looked at, so that no
   * example is left out when answers are predicted.
   */
  labelAnswers?: boolean;
}

/** Special tokens of a pair: `[CLS] question [SEP] context [SEP]`. */
const SPECIAL_TOKENS = 3;

/**
 * Features of extractive question answering: a window for each stretch of a long context.
 *
 * Of several right answers the first is the label. A question without answer is labelled `[CLS]`, as is a window that
 * does not hold the whole answer.
 *
 * @example
 * const builder = new QuestionFeatureBuilder({ tokenizer });
 * const windows = builder.build({
 *   id: '1',
 *   question: 'Who wrote it?',
 *   context: 'Moby-Dick was written by Herman Melville.',
 *   answers: { text: ['Herman Melville'], answer_start: [25] },
 * });
 */
export class QuestionFeatureBuilder extends FeatureBuilder<QuestionExample, QuestionFeature> {
  readonly #tokenizer: DebertaV2TokenizerFast;
  readonly #maxLength: number;
  readonly #stride: number;
  readonly #labelAnswers: boolean;

  /** @throws {InputError} for a `maxLength` that is too small, and a `stride` that leaves windows nothing new. */
  constructor(options: QuestionFeatureOptions) {
    super(options);
    const { tokenizer, maxLength = 384, stride = 128, labelAnswers = true } = options;
    this.#tokenizer = tokenizer;
    this.#maxLength = featureLength(tokenizer, maxLength, SPECIAL_TOKENS + 2);
    this.#stride = requireStride(stride, maxLength);
    this.#labelAnswers = labelAnswers;
  }

  protected featuresOf(example: QuestionExample, place: string): QuestionFeature[] {
    const { id, context } = example;
    if (context.trim() === '') {
      throw new InputError(`${place} (${id}) must have a context, received a blank one; correct it or leave it out.`, {
        path: 'context',
        expected: 'a text',
        received: context,
      });
    }
    const answer = this.#labelAnswers ? firstAnswer(example, place) : undefined;
    const windows = this.#windowsOf(example, place);
    return windows.input_ids.map((input_ids, row) => {
      const sequences = windows.sequenceIds(row);
      const offset_mapping = windows.offset_mapping![row]!.map((offsets, at) => (sequences[at] === 1 ? offsets : null));
      const encoded = toEncodedText({ input_ids, token_type_ids: windows.token_type_ids![row]! });
      const feature = { ...encoded, exampleId: id, context, offset_mapping };
      if (!this.#labelAnswers) return feature;
      const { start, end } = answer === undefined ? NOT_HERE : answerTokens(offset_mapping, answer.from, answer.to);
      return { ...feature, start_positions: start, end_positions: end };
    });
  }

  #windowsOf({ id, question, context }: QuestionExample, place: string): CallResult<BatchEncoding> {
    try {
      // Some questions of SQuAD begin with spaces, which would take the room of the context.
      return this.#tokenizer.call(question.trim(), {
        textPair: context,
        truncation: 'only_second',
        maxLength: this.#maxLength,
        stride: this.#stride,
        returnOverflowingTokens: true,
        returnOffsetsMapping: true,
      });
    } catch (error) {
      if (!(error instanceof TokenizerError)) throw error;
      throw new InputError(
        `${place} (${id}) has a question that leaves windows of ${this.#maxLength} tokens too little room for a context of which each repeats ${this.#stride}; raise maxLength, lower stride, or leave the example out.`,
        { path: 'question', expected: this.#maxLength, received: question, cause: error },
      );
    }
  }
}

function requireStride(stride: number, maxLength: number): number {
  requireInteger('stride', stride, 0);
  const room = maxLength - SPECIAL_TOKENS - 1;
  if (stride < room) return stride;
  throw new InputError(
    `Option stride must be less than the ${room} tokens that maxLength leaves beside special tokens and a question, received ${stride}; lower it or raise maxLength.`,
    { path: 'stride', expected: `less than ${room}`, received: stride },
  );
}

/** Where the first answer stands in the context; undefined for a question without answer. */
function firstAnswer(
  { id, context, answers }: QuestionExample,
  place: string,
): { readonly from: number; readonly to: number } | undefined {
  const [text] = answers.text;
  const [from] = answers.answer_start;
  if (text === undefined && from === undefined) return undefined;
  if (text !== undefined && text !== '' && from !== undefined && context.startsWith(text, from)) {
    return { from, to: from + text.length };
  }
  throw new InputError(
    `${place} (${id}) must have its answer in its context, but ${shown(text)} does not stand at ${shown(from)}, counted in UTF-16 code units; correct it or leave it out.`,
    { path: 'answers', expected: text, received: from },
  );
}
