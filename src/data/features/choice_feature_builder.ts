import { InputError } from '../../errors';
import type { PreTrainedTokenizer } from '../../tokenization/pretrained_tokenizer';
import type { Feature } from '../collator';
import type { ChoiceExample } from '../examples/choice_example';
import { classIndex } from './class_index';
import { type EncodedText, toEncodedText } from './encoded_text';
import { FeatureBuilder, type FeatureBuilderOptions } from './feature_builder';
import { featureLength } from './feature_length';

/** A question with its choices, as numbers. */
export interface ChoiceFeature extends Feature {
  /** The ids of the longest choice, by which features of like length are found. */
  readonly input_ids: readonly number[];
  /** Each choice with context and question. */
  readonly choices: readonly EncodedText[];
  /** Index of the right choice. */
  readonly labels?: number;
}

/** Options of {@link ChoiceFeatureBuilder}. */
export interface ChoiceFeatureOptions extends FeatureBuilderOptions {
  tokenizer: PreTrainedTokenizer;
  /** Longest choice in tokens, with its context; 512 by default, or less where the tokenizer says so. */
  maxLength?: number;
}

/**
 * Features of multiple choice: every choice is a pair of the context and the question with the choice, as in Hugging
 * Face's guide. Without a context the question is the first text and the choice the second.
 *
 * @example
 * const builder = new ChoiceFeatureBuilder({ tokenizer });
 * builder.build({ context: 'It rains.', question: 'The street is', choices: ['wet.', 'dry.'], label: 0 });
 */
export class ChoiceFeatureBuilder extends FeatureBuilder<ChoiceExample, ChoiceFeature> {
  readonly #tokenizer: PreTrainedTokenizer;
  readonly #maxLength: number;

  /** @throws {InputError} for a `maxLength` that is too small. */
  constructor(options: ChoiceFeatureOptions) {
    super(options);
    this.#tokenizer = options.tokenizer;
    this.#maxLength = featureLength(options.tokenizer, options.maxLength, 5);
  }

  protected featuresOf({ context, question, choices, label }: ChoiceExample, place: string): ChoiceFeature[] {
    if (choices.length < 2 || `${context}${question}`.trim() === '') {
      throw new InputError(
        `${place} must have at least two choices and a context or a question, received ${choices.length} choices; correct it or leave it out.`,
        { path: 'choices', expected: 2, received: choices.length },
      );
    }
    const labels = label === undefined ? undefined : classIndex(label, choices, place);
    const hasContext = context.trim() !== '';
    const encoded = choices.map((choice) =>
      toEncodedText(
        this.#tokenizer.call(hasContext ? context : question, {
          textPair: hasContext && question.trim() !== '' ? `${question} ${choice}` : choice,
          truncation: true,
          maxLength: this.#maxLength,
        }),
      ),
    );
    const longest = encoded.reduce((a, b) => (b.input_ids.length > a.input_ids.length ? b : a));
    return [{ input_ids: longest.input_ids, choices: encoded, ...(labels !== undefined && { labels }) }];
  }
}
