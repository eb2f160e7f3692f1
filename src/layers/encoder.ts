import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { expandAttentionMask, tokenMask } from '../ops/attention_mask';
import { embeddingLookup } from '../ops/embedding_lookup';
import { recompute } from '../ops/recompute';
import { withoutGradient } from '../ops/without_gradient';
import { BLOCK_OPTIONS, type BlockResult, DebertaV2Block } from './block';
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
  /** Whether no gradient is asked for the embeddings: frozen blocks at the start then keep nothing for one. */
  readonly fixedInput?: boolean | undefined;
  /** Whether the last block is left out, for {@link DebertaV2Encoder.decode} to run it; not with other outputs. */
  readonly stopsBeforeLast?: boolean | undefined;
}

/** What {@link DebertaV2Encoder.decode} decodes. */
export interface DecoderInputs {
  /** Output of the last block but one, `[B, S, H]`, where keys and values come from. */
  readonly hiddenStates: tf.Tensor3D;
  /** What queries start from, `[B, S, H]`. */
  readonly queryStates: tf.Tensor3D;
  /** As {@link DebertaV2Encoder.forward} takes it. */
  readonly mask: tf.Tensor;
}

/** How often the enhanced mask decoder runs the last block. */
const DECODER_PASSES = 2;

/** What {@link DebertaV2Encoder} gives. */
export type EncoderResult = {
  /** `[B, S, H]`. */
  lastHiddenState: tf.Tensor3D;
  /** `L + 1` tensors `[B, S, H]`: the embeddings, then each layer's output (the first one's after the convolution). */
  hiddenStates?: tf.Tensor3D[];
  /** `L` tensors `[B, h, S, S]`. */
  attentions?: tf.Tensor4D[];
};

/** What the blocks of a pass share. */
interface SharedInputs {
  /** Queries of a decoder's pass; those of the states themselves otherwise. */
  readonly queryStates?: tf.Tensor3D | undefined;
  /** As {@link DebertaV2Encoder.forward} takes it. */
  readonly mask: tf.Tensor;
  /** The same for the attention, see `expandAttentionMask`. */
  readonly attentionMask: tf.Tensor4D;
  readonly relative: RelativeInputs | undefined;
}

/**
 * The stack of blocks with the relative embeddings they share and, in v2, the convolution beside the first one.
 *
 * Mirrors `TFDebertaV2Encoder` of transformers. As a Keras layer it takes `[hidden_states, attention_mask]`.
 */
export class DebertaV2Encoder extends DebertaLayer<DebertaV2EncoderOptions> {
  static className = 'DebertaV2Encoder';
  readonly relativeEmbeddings: RelativeEmbeddings | undefined;
  readonly conv: ConvLayer | undefined;
  #blocks: readonly DebertaV2Block[];
  /**
   * Whether training keeps the input of each block alone and computes the block a second time for its gradient: the
   * same numbers for about a third more time, in the memory of one block instead of all; false by default.
   *
   * Without effect on inference and on a pass that gives attentions.
   */
  gradientCheckpointing = false;

  constructor(args: DebertaV2EncoderOptions & LayerArgs) {
    super(args, ENCODER_OPTIONS);
    if (args.relativeAttention) {
      const relative = new RelativeEmbeddings({ ...args, name: 'relative_embeddings' });
      this.relativeEmbeddings = this.addLayer(relative, { transparent: true });
    }
    if (args.convKernelSize > 0) this.conv = this.addLayer(new ConvLayer({ ...args, name: 'conv' }));
    this.#blocks = Array.from({ length: args.numHiddenLayers }, (_, index) =>
      this.addLayer(new DebertaV2Block({ ...args, name: `layer_._${index}` })),
    );
  }

  /** The layers, from the embeddings on. */
  get blocks(): readonly DebertaV2Block[] {
    return this.#blocks;
  }

  /** Keeps some blocks, by ascending index, and releases the others. The convolution stays beside what is then first. */
  keepBlocks(indices: readonly number[]): void {
    const kept = indices.map((index) => this.#blocks[index]!);
    for (const block of this.#blocks) if (!kept.includes(block)) this.removeLayer(block);
    for (const [index, block] of kept.entries()) this.renameLayer(block, `layer_._${index}`);
    this.#blocks = kept;
    Object.assign(this.options, { numHiddenLayers: kept.length });
  }

  /**
   * @param embedded output of the embeddings, `[B, S, H]`.
   * @param mask `[B, S]`, `[B, S, S]` or `[B, 1 or h, S, S]`; see `expandAttentionMask`.
   */
  forward(embedded: tf.Tensor3D, mask: tf.Tensor, pass: EncoderPass): EncoderResult {
    return tf.tidy(() => {
      const relative = this.#relativeInputs(embedded.shape[1], pass.training);
      const shared = { mask, attentionMask: expandAttentionMask(mask), relative };
      const run = this.#layerRunner(shared, pass);
      const hiddenStates: tf.Tensor3D[] = [embedded];
      const attentions: tf.Tensor4D[] = [];
      let current = embedded;
      for (const block of pass.stopsBeforeLast ? this.blocks.slice(0, -1) : this.blocks) {
        const previous = current;
        const result = run(block, previous);
        current = result.hiddenStates;
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

  /**
   * The enhanced mask decoder: the last block twice, its queries from states that know their absolute position, and
   * then from what the first time gave; keys and values both times from the block before.
   *
   * He et al. (2020), section 3.2; the masked language model of microsoft/DeBERTa.
   *
   * @returns `[B, S, H]`.
   */
  decode({ hiddenStates, queryStates, mask }: DecoderInputs, { training }: EncoderPass): tf.Tensor3D {
    return tf.tidy(() => {
      const relative = this.#relativeInputs(hiddenStates.shape[1], training);
      const attentionMask = expandAttentionMask(mask);
      const block = this.blocks.at(-1)!;
      let queries = queryStates;
      for (let pass = 0; pass < DECODER_PASSES; pass++) {
        const shared: SharedInputs = { mask, attentionMask, relative, queryStates: queries };
        queries = this.#layerRunner(shared, { training })(block, hiddenStates).hiddenStates;
      }
      return queries;
    });
  }

  /** How each block of a pass is run: plainly, recomputed for its gradient, or without one. */
  #layerRunner(shared: SharedInputs, pass: EncoderPass): (block: DebertaV2Block, states: tf.Tensor3D) => BlockResult {
    if (!pass.training || pass.outputAttentions) return (block, states) => this.#runLayer(block, states, shared, pass);
    const fixed = new Set(pass.fixedInput ? this.#blocksBelowTrained() : []);
    return (block, states) => {
      const run = () => this.#runLayer(block, states, shared, pass);
      if (fixed.has(block)) return { hiddenStates: withoutGradient(() => run().hiddenStates) };
      return this.gradientCheckpointing ? { hiddenStates: this.#recomputeLayer(block, states, shared) } : run();
    };
  }

  /** The blocks, from the first, that no gradient has to pass: nothing is trained in them or below. */
  #blocksBelowTrained(): readonly DebertaV2Block[] {
    const isTrained = (layer?: DebertaLayer) => layer !== undefined && layer.trainableWeights.length > 0;
    if (isTrained(this.relativeEmbeddings) || isTrained(this.conv)) return [];
    const lowest = this.blocks.findIndex(isTrained);
    return lowest < 0 ? this.blocks : this.blocks.slice(0, lowest);
  }

  /** A block, and the convolution beside the first one. */
  #runLayer(block: DebertaV2Block, states: tf.Tensor3D, shared: SharedInputs, pass: EncoderPass): BlockResult {
    const { mask, attentionMask, relative, queryStates } = shared;
    const result = block.forward({ hiddenStates: states, attentionMask, relative, queryStates }, pass);
    if (this.conv === undefined || block !== this.blocks[0]) return result;
    const convInputs = { hiddenStates: states, residualStates: result.hiddenStates, inputMask: tokenMask(mask) };
    return { ...result, hiddenStates: this.conv.forward(convInputs, pass.training) };
  }

  /** As {@link #runLayer} while training, keeping its inputs alone. Of the masks the small one is kept. */
  #recomputeLayer(block: DebertaV2Block, states: tf.Tensor3D, shared: SharedInputs): tf.Tensor3D {
    const { mask, relative, queryStates } = shared;
    const layers = block === this.blocks[0] && this.conv !== undefined ? [block, this.conv] : [block];
    const weights = layers.flatMap((layer) => layer.trainableWeights).map((weight) => weight.read() as tf.Variable);
    const inputs = [states, ...(relative ? [relative.table] : []), ...(queryStates ? [queryStates] : [])];
    return recompute({ inputs, constants: [mask], weights, seeds: this.seeds }, (kept, [keptMask]) => {
      const table = relative && (kept[1] as tf.Tensor2D);
      const again: SharedInputs = {
        mask: keptMask,
        attentionMask: expandAttentionMask(keptMask),
        relative: relative && table && { table, rows: relative.rows },
        queryStates: queryStates && (kept.at(-1) as tf.Tensor3D),
      };
      return this.#runLayer(block, kept[0] as tf.Tensor3D, again, { training: true }).hiddenStates;
    });
  }

  #relativeInputs(length: number, training: boolean): RelativeInputs | undefined {
    if (this.relativeEmbeddings === undefined || this.options.posAttType.length === 0) return undefined;
    const table = this.relativeEmbeddings.forward();
    const rows = this.relativeEmbeddings.rows.forLength(length);
    // With dropout each layer sees another table; with more rows than the table has, layers project before they look up.
    const isShared = !(training && this.options.hiddenDropoutProb > 0) && rows.descending.size < table.shape[0];
    if (!isShared) return { table, rows };
    const lookUp = (order: tf.Tensor1D) => embeddingLookup(table, order) as tf.Tensor2D;
    return { table, rows, lookedUp: { descending: lookUp(rows.descending), ascending: lookUp(rows.ascending) } };
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArgs = {}): tf.Tensor {
    const [embedded, mask] = inputs as [tf.Tensor3D, tf.Tensor];
    return this.forward(embedded, mask, { training }).lastHiddenState;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return firstShape(inputShape);
  }
}
