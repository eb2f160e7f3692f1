import { TokenizerError } from '../../errors';

/** How many times its own length a text may become. */
const MOST_TIMES = 100;
/** Length that any text may become. */
const ALWAYS_ALLOWED = 1 << 20;

/**
 * Refuses what makes far more of a text than it was: a file could otherwise ask for more memory than there is.
 *
 * @param given length before.
 * @param made length after, known before the text is made.
 * @param component what does it, for the message.
 * @throws {TokenizerError} when it is more than 100 times as long and longer than a million characters.
 */
export function refuseGrowth(given: number, made: number, component: 'normalizer' | 'decoder'): void {
  if (made <= ALWAYS_ALLOWED + MOST_TIMES * given) return;
  throw new TokenizerError(
    `The ${component} of a tokenizer.json must not make a text more than ${MOST_TIMES} times as long, received ${given} characters that become ${made}; only use files that you trust.`,
    { path: component, expected: MOST_TIMES * given, received: made },
  );
}
