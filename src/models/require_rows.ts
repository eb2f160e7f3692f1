import type { DebertaV2Config } from '../config/deberta_v2_config';
import { InputError } from '../errors';

/**
 * Refuses rows of the vocabulary that a model cannot be left with.
 *
 * @throws {InputError} for rows that do not exist or come twice, and without that of the padding token.
 */
export function requireRows(rows: readonly number[], { vocabSize, padTokenId }: DebertaV2Config): void {
  const wrong = rows.find((row) => !Number.isInteger(row) || row < 0 || row >= vocabSize);
  if (wrong !== undefined) {
    throw new InputError(
      `Rows of the vocabulary must be whole numbers from 0 to ${vocabSize - 1}, received ${wrong}; leave it out.`,
      { path: 'rows', expected: vocabSize, received: wrong },
    );
  }
  const seen = new Set(rows);
  if (seen.size < rows.length) {
    const repeated = rows.find((row, index) => rows.indexOf(row) !== index);
    throw new InputError(`Each row of the vocabulary must come once, received ${repeated} twice; leave one out.`, {
      path: 'rows',
      received: repeated,
    });
  }
  if (!seen.has(padTokenId)) {
    throw new InputError(
      `The rows must hold that of the padding token (pad_token_id ${padTokenId}), received ${rows.length} without it; add it.`,
      { path: 'rows', expected: padTokenId },
    );
  }
}
