/** A token that stands beside the SentencePiece vocabulary or is cut out of a text before SentencePiece sees it. */
export interface AddedToken {
  readonly content: string;
  /** Matched only where no other character than a space is next to it. */
  readonly singleWord: boolean;
  /** Takes the white space on its left with it. */
  readonly lstrip: boolean;
  /** Takes the white space on its right with it. */
  readonly rstrip: boolean;
  /** Whether the text is normalized (lower-cased) before the token is looked for. */
  readonly normalized: boolean;
  /** Left out by `decode` with `skipSpecialTokens`. */
  readonly special: boolean;
}

/**
 * An {@link AddedToken} with what is not given filled in: nothing stripped, not special, normalized unless special.
 *
 * @example
 * addedToken('[MASK]', { special: true, lstrip: true });
 */
export function addedToken(content: string, properties: Partial<Omit<AddedToken, 'content'>> = {}): AddedToken {
  const { special = false } = properties;
  return { singleWord: false, lstrip: false, rstrip: false, normalized: !special, ...properties, special, content };
}

/** A token as Python's and Rust's files hold it. */
export function addedTokenJson({ content, singleWord, lstrip, rstrip, normalized, special }: AddedToken) {
  return { content, lstrip, normalized, rstrip, single_word: singleWord, special };
}
