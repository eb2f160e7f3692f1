import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { expandAttentionMask } from '../ops/attention_mask';
import { type CallArgs, DebertaLayer, firstShape, type LayerArgs } from './deberta_layer';
import {
  type AttentionPass,
  DisentangledSelfAttention,
  type RelativeInputs,
  SELF_ATTENTION_OPTIONS,
} from './disentangled_self_attention';
import { DebertaV2Intermediate } from './intermediate';
import { ResidualOutput } from './residual_output';

/** Names of its options; the layers around it have them among their own. */
export const BLOCK_OPTIONS = [...SELF_ATTENTION_OPTIONS, 'intermediateSize', 'hiddenAct', 'layerNormEps'] as const;

/** The fields of {@link DebertaV2Config} that {@link DebertaV2Block} reads. */
export type DebertaV2BlockOptions = Pick<DebertaV2Config, (typeof BLOCK_OPTIONS)[number]>;

/** What {@link DebertaV2Block} works on. */
export interface BlockInputs {
  /** `[B, S, H]`. */
  readonly hiddenStates: tf.Tensor3D;
  /** `[1 or h, B, S or 1, S]`. */
  readonly attentionMask: tf.Tensor4D;
  /** Where queries come from instead of `hiddenStates`; also what the attention's output is added to. */
  readonly queryStates?: tf.Tensor3D | undefined;
  readonly relative?: RelativeInputs | undefined;
}

/** What {@link DebertaV2Block} gives. */
export type BlockResult = {
  hiddenStates: tf.Tensor3D;
  /** `[B, h, S, S]`; on request. */
  attentions?: tf.Tensor4D;
};

/**
 * One encoder layer: disentangled self-attention and a feed-forward block, each with a residual and a layer
 * normalization.
 *
 * Mirrors `TFDebertaV2Layer` of transformers. As a Keras layer it takes
 * `[hidden_states, attention_mask, rel_embeddings?]`.
 */
export class DebertaV2Block extends DebertaLayer<DebertaV2BlockOptions> {
  static className = 'DebertaV2Block';
  readonly attention: DisentangledSelfAttention;
  readonly selfOutput: ResidualOutput;
  readonly intermediate: DebertaV2Intermediate;
  readonly output_: ResidualOutput;

  constructor(args: DebertaV2BlockOptions & LayerArgs) {
    super(args, BLOCK_OPTIONS);
    const contextSize = args.numAttentionHeads * args.attentionHeadSize;
    this.attention = this.addLayer(new DisentangledSelfAttention({ ...args, name: 'attention/self' }));
    this.selfOutput = this.addLayer(new ResidualOutput({ ...args, name: 'attention/output', inputSize: contextSize }));
    this.intermediate = this.addLayer(new DebertaV2Intermediate({ ...args, name: 'intermediate' }));
    this.output_ = this.addLayer(new ResidualOutput({ ...args, name: 'output', inputSize: args.intermediateSize }));
  }

  forward(inputs: BlockInputs, pass: AttentionPass): BlockResult {
    return tf.tidy(() => {
      const { context, attentions } = this.attention.forward(inputs, pass);
      const residual = inputs.queryStates ?? inputs.hiddenStates;
      const attended = this.selfOutput.forward(context, residual, pass.training);
      const widened = this.intermediate.forward(attended, pass.training);
      const hiddenStates = this.output_.forward(widened, attended, pass.training);
      return attentions === undefined ? { hiddenStates } : { hiddenStates, attentions };
    });
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArgs = {}): tf.Tensor {
    const [hiddenStates, mask, table] = inputs as [tf.Tensor3D, tf.Tensor, tf.Tensor2D?];
    return tf.tidy(() => {
      const relative = this.attention.relativeInputs(table, hiddenStates.shape[1]);
      return this.forward({ hiddenStates, attentionMask: expandAttentionMask(mask), relative }, { training })
        .hiddenStates;
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return firstShape(inputShape);
  }
}
