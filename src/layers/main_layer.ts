import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { withoutGradient } from '../ops/without_gradient';
import { type CallArgs, DebertaLayer, firstShape, type LayerArgs } from './deberta_layer';
import { DebertaV2Embeddings, EMBEDDINGS_OPTIONS, type EmbeddingsInputs } from './embeddings';
import { DebertaV2Encoder, ENCODER_OPTIONS, type EncoderPass, type EncoderResult } from './encoder';

const OPTIONS = [...new Set([...EMBEDDINGS_OPTIONS, ...ENCODER_OPTIONS] as const)] as const;

/** The fields of {@link DebertaV2Config} that {@link DebertaV2MainLayer} reads. */
export type DebertaV2MainLayerOptions = Pick<DebertaV2Config, (typeof OPTIONS)[number]>;

/**
 * The whole bare model as one layer: embeddings and encoder.
 *
 * Mirrors `TFDebertaV2MainLayer` of transformers. As a Keras layer it takes
 * `[input_ids, attention_mask, token_type_ids?]` and gives the last hidden state.
 */
export class DebertaV2MainLayer extends DebertaLayer<DebertaV2MainLayerOptions> {
  static className = 'DebertaV2MainLayer';
  readonly embeddings: DebertaV2Embeddings;
  readonly encoder: DebertaV2Encoder;

  constructor(args: DebertaV2MainLayerOptions & LayerArgs) {
    super(args, OPTIONS);
    this.embeddings = this.addLayer(new DebertaV2Embeddings({ ...args, name: 'embeddings' }));
    this.encoder = this.addLayer(new DebertaV2Encoder({ ...args, name: 'encoder' }));
  }

  forward(inputs: EmbeddingsInputs, pass: EncoderPass): EncoderResult {
    return tf.tidy(() => {
      const isFrozen = this.embeddings.trainableWeights.length === 0;
      const fixedInput = pass.training && isFrozen && inputs.inputsEmbeds === undefined;
      const embed = () => this.embeddings.forward(inputs, pass.training);
      const embedded = fixedInput ? withoutGradient(embed) : embed();
      return this.encoder.forward(embedded, inputs.attentionMask, { ...pass, fixedInput });
    });
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArgs = {}): tf.Tensor {
    const [inputIds, attentionMask, tokenTypeIds] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor?];
    return this.forward({ inputIds, attentionMask, tokenTypeIds }, { training }).lastHiddenState;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...firstShape(inputShape), this.options.hiddenSize];
  }
}
