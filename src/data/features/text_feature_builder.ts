import { InputError } from '../../errors';
import type { PreTrainedTokenizer } from '../../tokenization/pretrained_tokenizer';
import type { Label } from '../examples/labels';
import { shown, withSmallLetter } from '../examples/row_fields';
import type { TextExample } from '../examples/text_example';
import { classIndex } from './class_index';
import { type EncodedText, toEncodedText } from './encoded_text';
import { FeatureBuilder, type FeatureBuilderOptions } from './feature_builder';
import { featureLength } from './feature_length';

/** A text, or a pair of texts, with what a model shall learn of it. */
export interface ClassifiedText extends Pick<TextExample, 'text' | 'textPair'> {
  /** A class; or a number for regression; or for several labels at once a 0 or 1 for each. */
  readonly label?: Label | readonly number[];
}

/** A text to classify, as numbers. */
export interface TextFeature extends EncodedText {
  /** The index of a class; or a list of numbers to learn, one for each output of the model. */
  readonly labels?: number | readonly number[];
}

/** Options of {@link TextFeatureBuilder}. */
export interface TextFeatureOptions extends FeatureBuilderOptions {
  tokenizer: PreTrainedTokenizer;
  /** Longest feature in tokens; 512 by default, or less where the tokenizer says so. Pairs lose of the longer text. */
  maxLength?: number;
  /** What labels mean: a class (default), numbers, or a 0 or 1 for each label; the names are those of the configuration. */
  problemType?: 'single_label_classification' | 'regression' | 'multi_label_classification';
  /** The labels in order: names are looked up, and what is out of range is refused. */
  labelNames?: readonly string[];
}

/**
 * Features of text classification and regression, of single texts and of pairs.
 *
 * @example
 * const builder = new TextFeatureBuilder({ tokenizer, labelNames: ['ham', 'spam'] });
 * builder.build({ text: 'You have won!', label: 'spam' }); // [{ input_ids: […], token_type_ids: […], labels: 1 }]
 */
export class TextFeatureBuilder extends FeatureBuilder<ClassifiedText, TextFeature> {
  readonly #options: TextFeatureOptions;
  readonly #maxLength: number;

  /** @throws {InputError} for a `maxLength` that is too small. */
  constructor(options: TextFeatureOptions) {
    super(options);
    this.#options = options;
    this.#maxLength = featureLength(options.tokenizer, options.maxLength, 4);
  }

  protected featuresOf({ text, textPair, label }: ClassifiedText, place: string): TextFeature[] {
    if (text.trim() === '' && (textPair ?? '').trim() === '') {
      throw new InputError(`${place} must have a text, received a blank one; correct it or leave it out.`, {
        path: 'text',
        expected: 'a text',
        received: text,
      });
    }
    const encoded = toEncodedText(
      this.#options.tokenizer.call(text, {
        ...(textPair !== undefined && { textPair }),
        truncation: true,
        maxLength: this.#maxLength,
      }),
    );
    return [label === undefined ? encoded : { ...encoded, labels: this.#labelsOf(label, place) }];
  }

  #labelsOf(label: Label | readonly number[], place: string): number | readonly number[] {
    const { problemType = 'single_label_classification', labelNames } = this.#options;
    if (problemType === 'single_label_classification') return classIndex(label as Label, labelNames, place);
    const numbers = Array.isArray(label) ? (label as readonly number[]) : [label as number];
    const isEach = problemType === 'multi_label_classification';
    const isAllowed = isEach ? (value: number) => value === 0 || value === 1 : Number.isFinite;
    const count = labelNames?.length ?? numbers.length;
    if (numbers.length === count && numbers.every(isAllowed)) return numbers;
    throw new InputError(
      `The label of ${withSmallLetter(place)} must be ${isEach ? 'a 0 or 1 for each of' : 'finite numbers,'} ${count} labels, received ${shown(label)}; correct it or leave it out.`,
      { path: 'label', expected: count, received: label },
    );
  }
}
