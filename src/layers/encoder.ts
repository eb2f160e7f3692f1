import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { expandAttentionMask, tokenMask } from '../ops/attention_mask';
import { embeddingLookup } from '../ops/embedding_lookup';
import { BLOCK_OPTIONS, DebertaV2Block } from './block';
import { CONV_LAYER_OPTIONS, ConvLayer } from './conv_layer';
import { type CallArgs, DebertaLayer, firstShape, type LayerArgs } from './deberta_layer';
import type { RelativeInputs } from './disentangled_self_attention';
import { RELATIVE_EMBEDDINGS_OPTIONS, RelativeEmbeddings } from './relative_embeddings';

/** Names of its options; the layers around it have them among their own. */
export const ENCODER_OPTIONS = [
  ...new Set([...BLOCK_OPTIONS, ...CONV_LAYER_OPTIONS, ...RELATIVE_EMBEDDINGS_OPTIONS, 'numHiddenLayers'] as const),
] as const;

/** The fields of {@link DebertaV2Config} that {@link DebertaV2Encoder} reads. */
export type DebertaV2EncoderOptions = Pick<DebertaV2Config, (typeof ENCODER_OPTIONS)[number]>;

/** How an encoder pass is run and what it gives beside the last states. */
export interface EncoderPass {
  readonly training: boolean;
  readonly outputHiddenStates?: boolean | undefined;
  readonly outputAttentions?: boolean | undefined;
}

/** What {@link DebertaV2Encoder} gives. */
export type EncoderResult = {
  /** `[B, S, H]`. */
  lastHiddenState: tf.Tensor3D;
  /** `L + 1` tensors `[B, S, H]`: the embeddings, then each layer's output (the first one's after the convolution). */
  hiddenStates?: tf.Tensor3D[];
  /** `L` tensors `[B, h, S, S]`. */
  attentions?: tf.Tensor4D[];
};

/**
 * The stack of blocks with the relative embeddings they share and, in v2, the convolution beside the first one.
 *
 * Mirrors `TFDebertaV2Encoder` of transformers. As a Keras layer it takes `[hidden_states, attention_mask]`.
 */
export class DebertaV2Encoder extends DebertaLayer<DebertaV2EncoderOptions> {
  static className = 'DebertaV2Encoder';
  readonly relativeEmbeddings: RelativeEmbeddings | undefined;
  readonly conv: ConvLayer | undefined;
  readonly blocks: readonly DebertaV2Block[];

  constructor(args: DebertaV2EncoderOptions & LayerArgs) {
    super(args, ENCODER_OPTIONS);
    if (args.relativeAttention) {
      const relative = new RelativeEmbeddings({ ...args, name: 'relative_embeddings' });
      this.relativeEmbeddings = this.addLayer(relative, { transparent: true });
    }
    if (args.convKernelSize > 0) this.conv = this.addLayer(new ConvLayer({ ...args, name: 'conv' }));
    this.blocks = Array.from({ length: args.numHiddenLayers }, (_, index) =>
      this.addLayer(new DebertaV2Block({ ...args, name: `layer_._${index}` })),
    );
  }

  /**
   * @param embedded output of the embeddings, `[B, S, H]`.
   * @param mask `[B, S]`, `[B, S, S]` or `[B, 1 or h, S, S]`; see `expandAttentionMask`.
   */
  forward(embedded: tf.Tensor3D, mask: tf.Tensor, pass: EncoderPass): EncoderResult {
    return tf.tidy(() => {
      const attentionMask = expandAttentionMask(mask);
      const relative = this.#relativeInputs(embedded.shape[1], pass.training);
      const hiddenStates: tf.Tensor3D[] = [embedded];
      const attentions: tf.Tensor4D[] = [];
      let current = embedded;
      for (const [index, block] of this.blocks.entries()) {
        const previous = current;
        const result = block.forward({ hiddenStates: previous, attentionMask, relative }, pass);
        current =
          index === 0 ? this.#convolve(embedded, result.hiddenStates, mask, pass.training) : result.hiddenStates;
        // The gradient keeps what it needs itself; without this, all layers' states would live until the end.
        if (pass.outputHiddenStates) hiddenStates.push(current);
        else if (previous !== embedded) previous.dispose();
        if (result.attentions !== undefined) attentions.push(result.attentions);
      }
      return {
        lastHiddenState: current,
        ...(pass.outputHiddenStates ? { hiddenStates } : {}),
        ...(pass.outputAttentions ? { attentions } : {}),
      };
    });
  }

  #relativeInputs(length: number, training: boolean): RelativeInputs | undefined {
    if (this.relativeEmbeddings === undefined) return undefined;
    const table = this.relativeEmbeddings.forward();
    const rows = this.relativeEmbeddings.rows.forLength(length);
    // With dropout each layer sees another table; with more rows than the table has, layers project before they look up.
    const isShared = !(training && this.options.hiddenDropoutProb > 0) && rows.descending.size < table.shape[0];
    if (!isShared) return { table, rows };
    const lookUp = (order: tf.Tensor1D) => embeddingLookup(table, order) as tf.Tensor2D;
    return { table, rows, lookedUp: { descending: lookUp(rows.descending), ascending: lookUp(rows.ascending) } };
  }

  #convolve(embedded: tf.Tensor3D, states: tf.Tensor3D, mask: tf.Tensor, training: boolean): tf.Tensor3D {
    if (this.conv === undefined) return states;
    return this.conv.forward({ hiddenStates: embedded, residualStates: states, inputMask: tokenMask(mask) }, training);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArgs = {}): tf.Tensor {
    const [embedded, mask] = inputs as [tf.Tensor3D, tf.Tensor];
    return this.forward(embedded, mask, { training }).lastHiddenState;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return firstShape(inputShape);
  }
}
