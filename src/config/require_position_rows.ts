import { InputError } from '../errors';

/**
 * Refuses a sequence longer than the table of absolute positions, where there is one.
 *
 * @param rows of the table (`max_position_embeddings`); infinity for none.
 * @throws {InputError}
 */
export function requirePositionRows(length: number, rows: number): void {
  if (length <= rows) return;
  throw new InputError(
    `The sequence must be no longer than the position table (max_position_embeddings ${rows}), received length ${length}; truncate the text.`,
    { expected: rows, received: length },
  );
}
