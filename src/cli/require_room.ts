import { UsageError } from '../errors';

/** `[CLS] token [SEP] [SEP]`: below, the tokenizer has nothing to cut off. */
const SHORTEST_LENGTH = 4;

/**
 * Refuses a length that leaves no room for a token beside the special ones.
 *
 * @throws {UsageError} naming the option `--max-length`.
 */
export function requireRoom(maxLength: number | undefined): void {
  if (maxLength === undefined || maxLength >= SHORTEST_LENGTH) return;
  throw new UsageError(
    `Option --max-length must be at least ${SHORTEST_LENGTH}, a token and the special ones around a pair, received ${maxLength}.`,
    { expected: SHORTEST_LENGTH, received: maxLength },
  );
}
