import type { DebertaV2TokenizerFast } from '../tokenization/deberta_v2_tokenizer_fast';
import { type Example, echo } from './predictors/predictor';
import { printable } from './printable';
import { type RowOptions, type TokenRow, tokenRows } from './tokenizer_rows';

/** Compares the tokens of two tokenizers, text by text. */
export class AlgorithmComparison {
  readonly #tokenizers: readonly DebertaV2TokenizerFast[];
  readonly #options: RowOptions;
  readonly #isJson: boolean;
  #texts = 0;
  #different = 0;

  constructor(tokenizers: readonly DebertaV2TokenizerFast[], options: RowOptions, isJson: boolean) {
    this.#tokenizers = tokenizers;
    this.#options = options;
    this.#isJson = isJson;
  }

  /** Whether any text had other tokens. */
  get hasFound(): boolean {
    return this.#different > 0;
  }

  /** What there is to say of a text: nothing when its ids are the same. */
  describe(example: Example): string {
    this.#texts++;
    const ways = this.#tokenizers.map((tokenizer) => ({
      algorithm: tokenizer.algorithm,
      rows: tokenRows(tokenizer, example, this.#options),
    }));
    if (new Set(ways.map(({ rows }) => JSON.stringify(rows.map(({ input_ids }) => input_ids)))).size === 1) return '';
    this.#different++;
    if (this.#isJson) {
      const found = ways.map(({ algorithm, rows }) => [algorithm, rows.map(tokensAndIds)]);
      return `${JSON.stringify({ line: this.#texts, ...echo(example), ...Object.fromEntries(found) })}\n`;
    }
    const texts = [example.text, ...(example.textPair === undefined ? [] : [example.textPair])];
    const lines = ways.flatMap(({ algorithm, rows }) => rows.map((row) => `  ${algorithm}: ${tokensOf(row)}`));
    return `${this.#texts}: ${texts.map(printable).join(' | ')}\n${lines.join('\n')}\n`;
  }

  /** How many texts were compared and how many differ. */
  summarize(): string {
    const [texts, different] = [this.#texts, this.#different];
    if (this.#isJson) return `${JSON.stringify({ texts, different })}\n`;
    return `${different} of ${texts} texts have other tokens.\n`;
  }
}

function tokensAndIds({ tokens, input_ids }: TokenRow): Pick<TokenRow, 'tokens' | 'input_ids'> {
  return { tokens, input_ids };
}

function tokensOf({ tokens }: TokenRow): string {
  return tokens.map(printable).join(' ');
}
