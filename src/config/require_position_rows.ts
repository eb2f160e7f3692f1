import { InputError } from '../errors';
import type { DebertaV2Config } from './deberta_v2_config';

/**
 * Refuses a sequence longer than the table of absolute positions, where there is one.
 *
 * @throws {InputError}
 */
export function requirePositionRows(
  length: number,
  {
    positionBiasedInput,
    maxPositionEmbeddings,
  }: Pick<DebertaV2Config, 'positionBiasedInput' | 'maxPositionEmbeddings'>,
): void {
  if (!positionBiasedInput || length <= maxPositionEmbeddings) return;
  throw new InputError(
    `The sequence must be no longer than the position table (max_position_embeddings ${maxPositionEmbeddings}), received length ${length}; truncate the text.`,
    { expected: maxPositionEmbeddings, received: length },
  );
}
