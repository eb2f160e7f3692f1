import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { activations } from '../ops/activations';
import { type CallArgs, DebertaLayer, firstInput, firstShape, type LayerArgs } from './deberta_layer';
import { Dense } from './dense';

const OPTIONS = ['hiddenSize', 'intermediateSize', 'hiddenAct', 'initializerRange'] as const;

/** The fields of {@link DebertaV2Config} that {@link DebertaV2Intermediate} reads. */
export type DebertaV2IntermediateOptions = Pick<DebertaV2Config, (typeof OPTIONS)[number]>;

/** The widening half of the feed-forward block, `act(dense(x))`. Mirrors `TFDebertaV2Intermediate`. */
export class DebertaV2Intermediate extends DebertaLayer<DebertaV2IntermediateOptions> {
  static className = 'DebertaV2Intermediate';
  readonly dense: Dense;

  constructor(args: DebertaV2IntermediateOptions & LayerArgs) {
    super(args, OPTIONS);
    const { hiddenSize: inputSize, intermediateSize: units, initializerRange } = args;
    this.dense = this.addLayer(new Dense({ name: 'dense', inputSize, units, initializerRange }));
  }

  /** `[B, S, H]` → `[B, S, I]`. */
  forward(x: tf.Tensor, training = false): tf.Tensor {
    return tf.tidy(() => activations[this.options.hiddenAct](this.dense.forward(x, training)));
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArgs = {}): tf.Tensor {
    return this.forward(firstInput(inputs), training);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...firstShape(inputShape).slice(0, -1), this.options.intermediateSize];
  }
}
