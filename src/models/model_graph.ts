import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { DebertaV2MainLayer } from '../layers/main_layer';
import { RandomStream, randomSeed } from '../ops/random_stream';
import { INPUT_NAMES } from './model_inputs';
import type { ModelOptions } from './model_options';

/** The layers a model is made of, wired for Keras. */
export interface ModelGraph {
  readonly inputs: tf.SymbolicTensor[];
  readonly outputs: tf.SymbolicTensor[];
  readonly name: string;
}

/** What every model's graph starts with. */
export interface GraphStart {
  /** int32 `[B, S]` or `[B, C, S]`, by the names of {@link INPUT_NAMES}. */
  readonly inputs: tf.SymbolicTensor[];
  /** Where all layers of the model draw their seeds. */
  readonly seeds: RandomStream;
  /** The encoder, not applied yet. */
  readonly deberta: DebertaV2MainLayer;
}

/**
 * @param rank of the ids: 2, or 3 for multiple choice.
 * @param enhancedMaskDecoder whether the encoder ends with the enhanced mask decoder, which only masked-LM models have.
 */
export function startGraph(
  config: DebertaV2Config,
  { seed = randomSeed() }: ModelOptions,
  rank: 2 | 3,
  { enhancedMaskDecoder }: { readonly enhancedMaskDecoder: boolean } = { enhancedMaskDecoder: false },
): GraphStart {
  const shape = Array<null>(rank - 1).fill(null);
  const inputs = INPUT_NAMES.map((name) => tf.input({ name, shape, dtype: 'int32' }));
  const seeds = new RandomStream(seed);
  const deberta = new DebertaV2MainLayer({ ...config, enhancedMaskDecoder, name: 'deberta', seeds });
  return { inputs, seeds, deberta };
}
