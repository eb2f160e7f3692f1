import { DebertaV2Config } from './deberta_v2_config';

/**
 * The configuration of a model that keeps some rows of its vocabulary: `vocab_size`, and every `…_token_id` that is in
 * it, those that this package has no use for included. One whose row is gone becomes null, which means that there is
 * none.
 *
 * @param rows old ids by new id; the padding token must be among them.
 *
 * @example
 * renumberTokenIds(config, [0, 1, 2, 3, 128000]).vocabSize; // 5; a mask_token_id of 128000 becomes 4
 */
export function renumberTokenIds(config: DebertaV2Config, rows: readonly number[]): DebertaV2Config {
  const newIds = new Map(rows.map((row, id) => [row, id]));
  const entries = Object.entries(config.toJSON()).map(([key, value]) => {
    const isTokenId = key.endsWith('_token_id') && typeof value === 'number';
    return [key, isTokenId ? (newIds.get(value) ?? null) : value];
  });
  return DebertaV2Config.fromJSON({ ...Object.fromEntries(entries), vocab_size: rows.length });
}
