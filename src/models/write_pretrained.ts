import type * as tf from '@tensorflow/tfjs';
import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { writeCheckpoint } from '../convert/checkpoint_writer';
import { weightSpecs } from '../convert/weight_names';
import type { SavePretrainedOptions } from './model_options';

/** A weight as it is to be written. */
export type ReadableWeight = Pick<tf.LayerVariable, 'originalName' | 'read'>;

/**
 * Writes configuration and weights into an existing folder; wrap it in one of the functions of `atomic_write.ts`.
 *
 * @throws as `writeCheckpoint`.
 */
export function writePretrained(
  folder: string,
  architecture: Architecture,
  config: DebertaV2Config,
  weights: readonly ReadableWeight[],
  { format = 'tfjs', dtype, maxShardSize }: SavePretrainedOptions,
): Promise<void> {
  const byName = new Map(weights.map((weight) => [weight.originalName, weight]));
  const options = { config, architecture, format, dtype, maxShardSize };
  return writeCheckpoint(folder, options, weightSpecs(config, architecture), async function* ({ tfName }) {
    yield (await byName.get(tfName)!.read().data()) as Float32Array;
  });
}
