import type * as tf from '@tensorflow/tfjs';
import { dropout } from '../ops/dropout';
import { type CallArgs, DebertaLayer, firstInput, firstShape, type LayerArgs } from './deberta_layer';

const OPTIONS = ['rate'] as const;

/** Options of {@link Dropout}. */
export interface DropoutOptions {
  /** Probability of a value becoming 0, at least 0 and below 1. */
  readonly rate: number;
}

/** Inverted dropout while training, identity otherwise; each pass draws a fresh mask from the model's seeds. */
export class Dropout extends DebertaLayer<DropoutOptions> {
  static className = 'DebertaV2Dropout';

  constructor(args: DropoutOptions & LayerArgs) {
    super(args, OPTIONS);
  }

  /** Same shape as `x`, and `x` itself where nothing is dropped. */
  forward<T extends tf.Tensor>(x: T, training: boolean): T {
    const { rate } = this.options;
    return training && rate > 0 ? dropout(x, rate, this.seeds.nextInteger()) : x;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArgs = {}): tf.Tensor {
    return this.forward(firstInput(inputs), training);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return firstShape(inputShape);
  }
}
