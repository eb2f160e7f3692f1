import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import type { StorageType } from './storage_type';
import type { WeightSpec } from './weight_names';

/**
 * The numbers of a weight in TensorFlow's layout: pieces of whole rows, in order. A piece is good until the piece after
 * the next is asked for, of this weight or another.
 */
export type WeightSource = (spec: WeightSpec) => AsyncIterable<Float32Array>;

/** What a writer of one format gets. */
export interface WriteJob {
  readonly folder: string;
  readonly config: DebertaV2Config;
  readonly architecture: Architecture;
  readonly maxShardSize: number;
  /** One that the format can hold. */
  readonly dtype: StorageType;
  readonly specs: readonly WeightSpec[];
  /** May be asked for a weight again. */
  readonly read: WeightSource;
}
