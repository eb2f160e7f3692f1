import { InputError } from '../../errors';
import type { Row } from '../readers/row';
import { type Label, labelIndex, requireLabel } from './labels';
import { refuseValue, requireColumn, requireTexts } from './row_fields';

/** The words of a sentence and the tag of each. */
export interface TokensExample {
  readonly tokens: readonly string[];
  /** By index where the names of the tags were given. */
  readonly tags: readonly Label[];
}

/** Where {@link toTokensExample} finds what it needs; by default under the names in brackets. */
export interface TokensColumns {
  /** `tokens`, `words`. */
  readonly tokens?: string;
  /** `tags`, `ner_tags`, `pos_tags`, `labels`. */
  readonly tags?: string;
  /** Turns tags into indices and refuses others. */
  readonly labelNames?: readonly string[];
}

/**
 * A row as an example of token classification.
 *
 * @throws {InputError} with the row's place when a column is missing, holds something else, or is of another length.
 */
export function toTokensExample(row: Row, columns: TokensColumns = {}): TokensExample {
  const tokens = requireTexts(row, requireColumn(row, columns.tokens, ['tokens', 'words']));
  const tagColumn = requireColumn(row, columns.tags, ['tags', 'ner_tags', 'pos_tags', 'labels']);
  const tags = row.values[tagColumn];
  if (!Array.isArray(tags)) return refuseValue(row, tagColumn, 'a list of tags', tags);
  if (tags.length !== tokens.length) {
    throw new InputError(
      `${row.place} must have one tag for each token and has ${tokens.length} tokens and ${tags.length} tags; correct that row or leave it out.`,
      { path: tagColumn, expected: tokens.length, received: tags.length },
    );
  }
  if (tokens.length === 0) return refuseValue(row, tagColumn, 'at least one tag', tags);
  const { labelNames } = columns;
  return {
    tokens,
    tags: tags.map((tag: unknown) => {
      const label = requireLabel(tag, row, tagColumn);
      return labelNames === undefined ? label : labelIndex(label, labelNames, row, tagColumn);
    }),
  };
}
