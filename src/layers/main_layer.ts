import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { withoutGradient } from '../ops/without_gradient';
import { type CallArgs, DebertaLayer, firstShape, type LayerArgs } from './deberta_layer';
import { DebertaV2Embeddings, EMBEDDINGS_OPTIONS, type EmbeddingsInputs } from './embeddings';
import type { EmbeddingsHook } from './embeddings_hook';
import { DebertaV2Encoder, ENCODER_OPTIONS, type EncoderPass, type EncoderResult } from './encoder';

const OPTIONS = [...new Set([...EMBEDDINGS_OPTIONS, ...ENCODER_OPTIONS] as const)] as const;

/** The fields of {@link DebertaV2Config} that {@link DebertaV2MainLayer} reads. */
export type DebertaV2MainLayerOptions = Pick<DebertaV2Config, (typeof OPTIONS)[number]>;

/** How a pass through the whole model is run. */
export interface MainLayerPass extends EncoderPass {
  /** Changes the input of the embeddings' layer normalization; nothing by default. */
  readonly embeddingsHook?: EmbeddingsHook | undefined;
}

/**
 * The whole bare model as one layer: embeddings, encoder, and behind it the enhanced mask decoder where there is one.
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

  forward(inputs: EmbeddingsInputs, { embeddingsHook, ...pass }: MainLayerPass): EncoderResult {
    return tf.tidy(() => {
      const isFrozen = this.embeddings.trainableWeights.length === 0;
      const isGiven = inputs.inputsEmbeds !== undefined || embeddingsHook?.isDifferentiated === true;
      const fixedInput = pass.training && isFrozen && !isGiven;
      const embed = () => this.embeddings.forward(inputs, pass.training, embeddingsHook);
      const embedded = fixedInput ? withoutGradient(embed) : embed();
      const encode = (encoderPass: EncoderPass) =>
        this.encoder.forward(embedded, inputs.attentionMask, { ...encoderPass, fixedInput });
      return this.options.enhancedMaskDecoder ? this.#decode(inputs, pass, encode) : encode(pass);
    });
  }

  /** `lastHiddenState` is what the decoder gives; hidden states and attentions are those of the encoder. */
  #decode(inputs: EmbeddingsInputs, pass: EncoderPass, encode: (pass: EncoderPass) => EncoderResult): EncoderResult {
    // Only who asks for what the last block gives needs it to run.
    const isWhole = pass.outputHiddenStates || pass.outputAttentions;
    const encoded = encode(isWhole ? { ...pass, outputHiddenStates: true } : { ...pass, stopsBeforeLast: true });
    const hiddenStates = encoded.hiddenStates?.at(-2) ?? encoded.lastHiddenState;
    const positions = this.embeddings.positions(hiddenStates.shape[1], inputs.positionIds);
    const queryStates = tf.add(hiddenStates, positions) as tf.Tensor3D;
    const lastHiddenState = this.encoder.decode({ hiddenStates, queryStates, mask: inputs.attentionMask }, pass);
    return {
      lastHiddenState,
      ...(pass.outputHiddenStates && encoded.hiddenStates ? { hiddenStates: encoded.hiddenStates } : {}),
      ...(encoded.attentions ? { attentions: encoded.attentions } : {}),
    };
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArgs = {}): tf.Tensor {
    const [inputIds, attentionMask, tokenTypeIds] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor?];
    return this.forward({ inputIds, attentionMask, tokenTypeIds }, { training }).lastHiddenState;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...firstShape(inputShape), this.options.hiddenSize];
  }
}
