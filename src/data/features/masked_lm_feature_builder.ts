import type { PreTrainedTokenizer } from '../../tokenization/pretrained_tokenizer';
import type { PlainText } from '../examples/plain_text';
import { type EncodedText, toEncodedText } from './encoded_text';
import { FeatureBuilder, type FeatureBuilderOptions } from './feature_builder';
import { featureLength } from './feature_length';

/** Options of {@link MaskedLMFeatureBuilder}. */
export interface MaskedLMFeatureOptions extends FeatureBuilderOptions {
  tokenizer: PreTrainedTokenizer;
  /**
   * Longest feature in tokens; 512 by default, or less where the tokenizer says so. `null` cuts nothing off, for texts
   * that `tokenBlocks` cuts.
   */
  maxLength?: number | null;
  /** Whether `[CLS]` and `[SEP]` are put around each text, true by default. */
  addSpecialTokens?: boolean;
}

/**
 * Features of masked language modelling, a text each; texts that have no token, such as blank lines, have none.
 *
 * Which tokens are masked is drawn by the collator, anew for every batch. To learn from long texts without cutting
 * anything off, cut the features in blocks by `tokenBlocks`.
 *
 * @example
 * const builder = new MaskedLMFeatureBuilder({ tokenizer, maxLength: 128 });
 * builder.build({ text: 'Call me Ishmael.' });
 */
export class MaskedLMFeatureBuilder extends FeatureBuilder<PlainText, EncodedText> {
  readonly #tokenizer: PreTrainedTokenizer;
  readonly #maxLength: number | null;
  readonly #addSpecialTokens: boolean;

  /** @throws {InputError} for a `maxLength` that is too small. */
  constructor(options: MaskedLMFeatureOptions) {
    super(options);
    const { tokenizer, maxLength, addSpecialTokens = true } = options;
    this.#tokenizer = tokenizer;
    this.#maxLength = maxLength === null ? null : featureLength(tokenizer, maxLength, 3);
    this.#addSpecialTokens = addSpecialTokens;
  }

  protected featuresOf({ text }: PlainText): EncodedText[] {
    const encoded = toEncodedText(
      this.#tokenizer.call(text, {
        addSpecialTokens: this.#addSpecialTokens,
        ...(this.#maxLength === null ? { truncation: false } : { truncation: true, maxLength: this.#maxLength }),
      }),
    );
    const special = this.#addSpecialTokens ? this.#tokenizer.numSpecialTokensToAdd() : 0;
    return encoded.input_ids.length > special ? [encoded] : [];
  }
}
