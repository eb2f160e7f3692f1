import { InputError } from '../../errors';
import { IGNORED_LABEL } from '../../ops/ignored_label';
import type { DebertaV2TokenizerFast } from '../../tokenization/deberta_v2_tokenizer_fast';
import type { TokensExample } from '../examples/tokens_example';
import type { ReadReport } from '../readers/example_stream';
import { classIndex } from './class_index';
import { type EncodedText, toEncodedText } from './encoded_text';
import { FeatureBuilder, type FeatureBuilderOptions } from './feature_builder';
import { featureLength } from './feature_length';

/** Words to tag, as numbers. */
export interface TokenFeature extends EncodedText {
  /** For each token the index of its tag, or -100 where it does not count. */
  readonly labels: number[];
}

/** What became of examples and of their words. */
export interface TokenReport extends ReadReport {
  /** Words of which the tokenizer makes nothing, such as a lone U+200B; their tags are lost. */
  readonly wordsWithoutToken: number;
  /** Words beyond `maxLength`; their tags are lost. */
  readonly wordsCutOff: number;
}

/** Options of {@link TokenFeatureBuilder}. */
export interface TokenFeatureOptions extends FeatureBuilderOptions {
  tokenizer: DebertaV2TokenizerFast;
  /** Longest feature in tokens; 512 by default, or less where the tokenizer says so. */
  maxLength?: number;
  /** The tags in order: names are looked up, and what is out of range is refused. */
  labelNames?: readonly string[];
  /**
   * Whether every token of a word gets its tag, rather than the first alone (default). After the first token, `B-X`
   * becomes `I-X` where `labelNames` has it.
   */
  labelAllTokens?: boolean;
}

/**
 * Features of token classification: the tags of words become labels of tokens (`tokenize_and_align_labels` of Hugging
 * Face's guide, and of its script `run_ner.py` for `labelAllTokens`).
 *
 * @example
 * const builder = new TokenFeatureBuilder({ tokenizer, labelNames: ['O', 'B-PER', 'I-PER'] });
 * builder.build({ tokens: ['Call', 'me', 'Ishmael'], tags: ['O', 'O', 'B-PER'] })[0].labels;
 * // [-100, 0, 0, 1, -100, -100]: [CLS] ▁Call ▁me ▁Ish mael [SEP]
 */
export class TokenFeatureBuilder extends FeatureBuilder<TokensExample, TokenFeature> {
  readonly #options: TokenFeatureOptions;
  readonly #maxLength: number;
  #lost = { wordsWithoutToken: 0, wordsCutOff: 0 };

  /** @throws {InputError} for a `maxLength` that is too small. */
  constructor(options: TokenFeatureOptions) {
    super(options);
    this.#options = options;
    this.#maxLength = featureLength(options.tokenizer, options.maxLength, 3);
  }

  override get report(): TokenReport {
    const { wordsWithoutToken, wordsCutOff } = this.#lost;
    return { ...super.report, wordsWithoutToken, wordsCutOff };
  }

  protected override startReport(): void {
    super.startReport();
    this.#lost = { wordsWithoutToken: 0, wordsCutOff: 0 };
  }

  protected featuresOf({ tokens, tags }: TokensExample, place: string): TokenFeature[] {
    if (tokens.length !== tags.length || tokens.length === 0) {
      throw new InputError(
        `${place} must have one tag for each of its tokens, received ${tokens.length} tokens and ${tags.length} tags; correct it or leave it out.`,
        { path: 'tags', expected: tokens.length, received: tags.length },
      );
    }
    const { tokenizer, labelNames, labelAllTokens = false } = this.#options;
    const indices = tags.map((tag) => classIndex(tag, labelNames, place));
    const encoding = tokenizer.call(tokens, { isSplitIntoWords: true, truncation: true, maxLength: this.#maxLength });
    const words = encoding.wordIds();
    this.#countLost(words, tokens.length);
    const labels = words.map((word, position) => {
      if (word === null) return IGNORED_LABEL;
      const label = indices[word]!;
      if (word !== words[position - 1]) return label;
      return labelAllTokens ? insideLabel(label, labelNames) : IGNORED_LABEL;
    });
    return [{ ...toEncodedText(encoding), labels }];
  }

  #countLost(words: readonly (number | null)[], count: number): void {
    const kept = new Set(words.filter((word) => word !== null));
    const isCut = words.length >= this.#maxLength;
    const isLeft = this.#options.tokenizer.truncationSide === 'left';
    const edge = isLeft ? Math.min(...kept) : Math.max(...kept);
    for (let word = 0; word < count; word++) {
      if (kept.has(word)) continue;
      if (isCut && (isLeft ? word < edge : word > edge)) this.#lost.wordsCutOff++;
      else this.#lost.wordsWithoutToken++;
    }
  }
}

/** The tag that goes on with what a tag begins. */
function insideLabel(label: number, labelNames: readonly string[] | undefined): number {
  const name = labelNames?.[label];
  const inside = name?.startsWith('B-') ? labelNames!.indexOf(`I-${name.slice(2)}`) : -1;
  return inside < 0 ? label : inside;
}
