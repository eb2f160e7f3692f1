import type { DebertaV2Config } from '../../config/deberta_v2_config';

/** From the names of variables to the attributes that hold them in the TensorFlow classes. */
const ATTRIBUTES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/^deberta\/embeddings\/word_embeddings\/weight$/, 'deberta/embeddings/weight'],
  [/^deberta\/embeddings\/position_embeddings\/embeddings$/, 'deberta/embeddings/embeddings'],
  [/^deberta\/encoder\/conv\/conv\//, 'deberta/encoder/conv/'],
  [/\/layer_\._(\d+)\/output\//, '/layer/$1/bert_output/'],
  [/\/layer_\._(\d+)\//, '/layer/$1/'],
  [/\/attention\/output\//, '/attention/dense_output/'],
  [/\/pos_proj\//, '/pos_key_proj/'],
  [/\/pos_q_proj\//, '/pos_query_proj/'],
  [/^cls\//, 'mlm/'],
];

/**
 * The way from a model to a variable through the attributes of Python's objects, by which TF2 checkpoints call it.
 *
 * The table of positions and that of token types are both called `embeddings`; where both are there, the latter goes by
 * its second name.
 *
 * @param tfName as in the table of weights.
 *
 * @example
 * objectGraphKey('deberta/encoder/layer_._0/output/dense/kernel', config);
 * // 'deberta/encoder/layer/0/bert_output/dense/kernel'
 */
export function objectGraphKey(tfName: string, config: DebertaV2Config): string {
  if (tfName === 'deberta/embeddings/token_type_embeddings/embeddings') {
    const hasPositions = config.positionBiasedInput || config.enhancedMaskDecoder;
    return hasPositions ? 'deberta/embeddings/token_type_embeddings' : 'deberta/embeddings/embeddings';
  }
  const key = ATTRIBUTES.reduce((name, [pattern, replacement]) => name.replace(pattern, replacement), tfName);
  // A dot begins what is no attribute.
  return key.replaceAll('.', '..');
}
