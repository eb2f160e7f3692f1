import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { InputError } from '../errors';
import { addSameShape } from '../ops/add_same_shape';
import { expandAttentionMask } from '../ops/attention_mask';
import { batchMatMul } from '../ops/batch_mat_mul';
import { embeddingLookup } from '../ops/embedding_lookup';
import { maskedSoftmax } from '../ops/masked_softmax';
import { contentToPosition, positionToContent } from '../ops/relative_bias';
import { RelativePositionRows, type RowsForLength } from '../ops/relative_position_rows';
import { reshape } from '../ops/reshape';
import { scale } from '../ops/scale';
import { type CallArgs, DebertaLayer, firstShape, type LayerArgs } from './deberta_layer';
import { Dense } from './dense';
import { Dropout } from './dropout';

/** Names of its options; the layers around it have them among their own. */
export const SELF_ATTENTION_OPTIONS = [
  'hiddenSize',
  'numAttentionHeads',
  'attentionHeadSize',
  'relativeAttention',
  'posAttType',
  'scaleFactor',
  'shareAttKey',
  'span',
  'positionBuckets',
  'maxRelativePositions',
  'attentionProbsDropoutProb',
  'hiddenDropoutProb',
  'initializerRange',
] as const;

/** The fields of {@link DebertaV2Config} that {@link DisentangledSelfAttention} reads. */
export type DisentangledSelfAttentionOptions = Pick<DebertaV2Config, (typeof SELF_ATTENTION_OPTIONS)[number]>;

/** What {@link DisentangledSelfAttention} attends with. */
export interface AttentionInputs {
  /** Where keys and values come from, and queries unless `queryStates` is given: `[B, S, H]`. */
  readonly hiddenStates: tf.Tensor3D;
  /** As {@link expandAttentionMask} gives it, `[1 or h, B, S or 1, S]`. */
  readonly attentionMask: tf.Tensor4D;
  /** Where queries come from instead, `[B, S, H]`: the enhanced mask decoder's case. */
  readonly queryStates?: tf.Tensor3D | undefined;
  /** The relative table `[2 · span, H]` and which of its rows length `S` reads; needed with relative attention. */
  readonly relative?: RelativeInputs | undefined;
}

/** See {@link AttentionInputs.relative}. */
export interface RelativeInputs {
  readonly table: tf.Tensor2D;
  readonly rows: RowsForLength;
  /** The rows looked up already, `[2S, H]` each, where several layers share them and none drops any. */
  readonly lookedUp?: { readonly descending: tf.Tensor2D; readonly ascending: tf.Tensor2D } | undefined;
}

/** How a pass is run. */
export interface AttentionPass {
  readonly training: boolean;
  readonly outputAttentions?: boolean | undefined;
}

/** What {@link DisentangledSelfAttention} gives. */
export type AttentionResult = {
  /** `[B, S, A]`, `A` = heads · head size. */
  context: tf.Tensor3D;
  /** Probabilities after dropout, `[B, h, S, S]`; on request. */
  attentions?: tf.Tensor4D;
};

/**
 * Self-attention whose scores add content-to-content, content-to-position and position-to-content terms.
 *
 * `score(q, k) = (Q[q]·K[k] + Q[q]·PK[δ] + K[k]·PQ[δ]) / sqrt(d · scaleFactor)`, δ the (bucketed) distance `q − k`;
 * the relative projections `PK`, `PQ` are the content's own (`shareAttKey`) or separate. Masked keys get
 * probability 0, and so does every key of a masked query.
 *
 * Mirrors `TFDebertaV2DisentangledSelfAttention` of transformers; He et al. (2021), section 3.1.
 * As a Keras layer it takes `[hidden_states, attention_mask, rel_embeddings?]` and gives the context.
 *
 * @example
 * const attention = new DisentangledSelfAttention({ ...config, name: 'self' });
 * const context = attention.apply([hiddenStates, attentionMask, relEmbeddings]);
 */
export class DisentangledSelfAttention extends DebertaLayer<DisentangledSelfAttentionOptions> {
  static className = 'DisentangledSelfAttention';
  readonly queryProj: Dense;
  readonly keyProj: Dense;
  readonly valueProj: Dense;
  /** Projects the relative table to keys; `keyProj` itself when shared, undefined without content-to-position. */
  readonly posKeyProj: Dense | undefined;
  /** Projects the relative table to queries; `queryProj` itself when shared, undefined without position-to-content. */
  readonly posQueryProj: Dense | undefined;
  readonly dropout: Dropout;
  readonly posDropout: Dropout;
  #ownRows: RelativePositionRows | undefined;

  constructor(args: DisentangledSelfAttentionOptions & LayerArgs) {
    super(args, SELF_ATTENTION_OPTIONS);
    const projection = (name: string) =>
      this.addLayer(
        new Dense({
          name,
          inputSize: args.hiddenSize,
          units: args.numAttentionHeads * args.attentionHeadSize,
          initializerRange: args.initializerRange,
        }),
      );
    this.queryProj = projection('query_proj');
    this.keyProj = projection('key_proj');
    this.valueProj = projection('value_proj');
    if (args.relativeAttention && args.posAttType.includes('c2p')) {
      this.posKeyProj = args.shareAttKey ? this.keyProj : projection('pos_proj');
    }
    if (args.relativeAttention && args.posAttType.includes('p2c')) {
      this.posQueryProj = args.shareAttKey ? this.queryProj : projection('pos_q_proj');
    }
    this.dropout = this.addLayer(new Dropout({ name: 'dropout', rate: args.attentionProbsDropoutProb }));
    this.posDropout = this.addLayer(new Dropout({ name: 'pos_dropout', rate: args.hiddenDropoutProb }));
  }

  protected override releaseCaches(): void {
    this.#ownRows?.dispose();
  }

  /** @throws {InputError} when relative attention misses the relative table. */
  forward(inputs: AttentionInputs, { training, outputAttentions = false }: AttentionPass): AttentionResult {
    return tf.tidy(() => {
      const { hiddenStates, attentionMask, queryStates = hiddenStates } = inputs;
      const { attentionHeadSize, scaleFactor } = this.options;
      const factor = 1 / Math.sqrt(attentionHeadSize * scaleFactor);
      // [h, B, S, d]: heads first, so that the relative rows of a head meet all its queries in one product.
      const query = scale(this.#splitHeads(this.queryProj.forward(queryStates, training)), factor);
      const key = this.#splitHeads(this.keyProj.forward(hiddenStates, training));
      const value = this.#splitHeads(this.valueProj.forward(hiddenStates, training));

      const contentScores = batchMatMul(query, tf.transpose(key, [0, 1, 3, 2])) as tf.Tensor4D;
      const scores = this.#addRelativeScores(contentScores, query, key, factor, inputs.relative, training);
      const probabilities = this.dropout.forward(maskedSoftmax(scores, attentionMask), training);

      const context = this.#mergeHeads(batchMatMul(probabilities, value) as tf.Tensor4D);
      return outputAttentions ? { context, attentions: tf.transpose(probabilities, [1, 0, 2, 3]) } : { context };
    });
  }

  #addRelativeScores(
    contentScores: tf.Tensor4D,
    query: tf.Tensor4D,
    key: tf.Tensor4D,
    factor: number,
    relative: RelativeInputs | undefined,
    training: boolean,
  ): tf.Tensor4D {
    if (this.posKeyProj === undefined && this.posQueryProj === undefined) return contentScores;
    if (relative === undefined) {
      throw new InputError(
        'Relative attention needs the relative embeddings, received none; pass them as third input.',
        {
          path: this.path,
        },
      );
    }
    const { rows, lookedUp } = relative;
    const table = this.posDropout.forward(relative.table, training);
    const project = (projection: Dense, order: 'descending' | 'ascending') =>
      this.#projectPositions(projection, table, rows[order], lookedUp?.[order], training);
    const terms = [contentScores];
    if (this.posKeyProj !== undefined) {
      terms.push(contentToPosition(query, project(this.posKeyProj, 'descending')));
    }
    if (this.posQueryProj !== undefined) {
      terms.push(positionToContent(key, scale(project(this.posQueryProj, 'ascending'), factor)));
    }
    return addSameShape(...terms);
  }

  /**
   * The relative rows by distance, projected, as columns: `[h, d, 2S]`. Of table and rows, the smaller is what is
   * projected; the table, where an adapter drops parts of what it reads, since distances may share a row.
   */
  #projectPositions(
    projection: Dense,
    table: tf.Tensor2D,
    rows: tf.Tensor1D,
    lookedUp: tf.Tensor2D | undefined,
    training: boolean,
  ): tf.Tensor3D {
    const dropsInput = training && projection.lora !== undefined && projection.lora.options.dropoutRate > 0;
    const projected =
      rows.size < table.shape[0] && !dropsInput
        ? projection.forward(lookedUp ?? embeddingLookup(table, rows), training)
        : embeddingLookup(projection.forward(table, training) as tf.Tensor2D, rows);
    const { numAttentionHeads, attentionHeadSize } = this.options;
    return tf.transpose(reshape<tf.Rank.R3>(projected, [rows.size, numAttentionHeads, attentionHeadSize]), [1, 2, 0]);
  }

  /** `[B, S, A]` → `[h, B, S, d]`. */
  #splitHeads(x: tf.Tensor): tf.Tensor4D {
    const [batch, length] = x.shape as [number, number];
    const { numAttentionHeads, attentionHeadSize } = this.options;
    return tf.transpose(reshape<tf.Rank.R4>(x, [batch, length, numAttentionHeads, attentionHeadSize]), [2, 0, 1, 3]);
  }

  /** `[h, B, S, d]` → `[B, S, A]`. */
  #mergeHeads(x: tf.Tensor4D): tf.Tensor3D {
    const [heads, batch, length, headSize] = x.shape;
    return reshape(tf.transpose(x, [1, 2, 0, 3]), [batch, length, heads * headSize]);
  }

  /** The relative inputs for a bare table, as Keras hands it over; the rows are kept by this layer. */
  relativeInputs(table: tf.Tensor2D | undefined, length: number): RelativeInputs | undefined {
    if (table === undefined) return undefined;
    this.#ownRows ??= new RelativePositionRows(this.options);
    return { table, rows: this.#ownRows.forLength(length) };
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArgs = {}): tf.Tensor {
    const [hiddenStates, mask, table] = inputs as [tf.Tensor3D, tf.Tensor, tf.Tensor2D?];
    return tf.tidy(() => {
      const relative = this.relativeInputs(table, hiddenStates.shape[1]);
      return this.forward({ hiddenStates, attentionMask: expandAttentionMask(mask), relative }, { training }).context;
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const { numAttentionHeads, attentionHeadSize } = this.options;
    return [...firstShape(inputShape).slice(0, -1), numAttentionHeads * attentionHeadSize];
  }
}
