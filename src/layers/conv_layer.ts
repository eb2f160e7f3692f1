import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { activations } from '../ops/activations';
import { conv1d } from '../ops/conv1d';
import { type CallArgs, DebertaLayer, firstShape, type LayerArgs } from './deberta_layer';
import { Dropout } from './dropout';
import { LayerNormalization } from './layer_normalization';

/** Names of its options; the layers around it have them among their own. */
export const CONV_LAYER_OPTIONS = [
  'hiddenSize',
  'convKernelSize',
  'convGroups',
  'convAct',
  'layerNormEps',
  'hiddenDropoutProb',
  'initializerRange',
] as const;

/** The fields of {@link DebertaV2Config} that {@link ConvLayer} reads. */
export type ConvLayerOptions = Pick<DebertaV2Config, (typeof CONV_LAYER_OPTIONS)[number]>;

/** What {@link ConvLayer} works on. */
export interface ConvInputs {
  /** Output of the embeddings, `[B, S, H]`: what is convolved. */
  readonly hiddenStates: tf.Tensor3D;
  /** Output of the first encoder layer, `[B, S, H]`: what the convolution is added to. */
  readonly residualStates: tf.Tensor3D;
  /** 1 for tokens, 0 for padding, `[B, S]`. */
  readonly inputMask: tf.Tensor2D;
}

/**
 * The convolution of DeBERTa v2 beside its first layer (nGiE: n-gram induced input encoding).
 *
 * `LN(residual + act(dropout(conv(x) masked)))`, masked again: rows of padding are 0.
 *
 * Mirrors `TFDebertaV2ConvLayer` of transformers, with groups as in PyTorch. As a Keras layer it takes
 * `[hidden_states, residual_states, input_mask]`.
 */
export class ConvLayer extends DebertaLayer<ConvLayerOptions> {
  static className = 'ConvLayer';
  readonly layerNorm: LayerNormalization;
  readonly dropout: Dropout;
  #kernel!: tf.LayerVariable;
  #bias!: tf.LayerVariable;

  constructor(args: ConvLayerOptions & LayerArgs) {
    super(args, CONV_LAYER_OPTIONS);
    const { hiddenSize: size, layerNormEps, hiddenDropoutProb: rate } = args;
    this.layerNorm = this.addLayer(new LayerNormalization({ name: 'LayerNorm', size, layerNormEps }));
    this.dropout = this.addLayer(new Dropout({ name: 'dropout', rate }));
  }

  protected override createWeights(): void {
    const { hiddenSize, convKernelSize, convGroups, initializerRange } = this.options;
    const kernelShape = [convKernelSize, hiddenSize / convGroups, hiddenSize];
    this.#kernel = this.makeWeight('conv/kernel', kernelShape, this.truncatedNormal(initializerRange));
    this.#bias = this.makeWeight('conv/bias', [hiddenSize], tf.initializers.zeros());
  }

  /** @returns `[B, S, H]`. */
  forward({ hiddenStates, residualStates, inputMask }: ConvInputs, training: boolean): tf.Tensor3D {
    return tf.tidy(() => {
      const mask = tf.expandDims(tf.cast(inputMask, 'float32'), 2);
      const kernel = this.#kernel.read() as tf.Tensor3D;
      const convolved = conv1d(hiddenStates, kernel, this.#bias.read() as tf.Tensor1D, this.options.convGroups);
      const activated = activations[this.options.convAct](this.dropout.forward(tf.mul(convolved, mask), training));
      return tf.mul(this.layerNorm.forward(tf.add(residualStates, activated)), mask) as tf.Tensor3D;
    });
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArgs = {}): tf.Tensor {
    const [hiddenStates, residualStates, inputMask] = inputs as [tf.Tensor3D, tf.Tensor3D, tf.Tensor2D];
    return this.forward({ hiddenStates, residualStates, inputMask }, training);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return firstShape(inputShape);
  }
}
