import type * as tf from '@tensorflow/tfjs';
import { embeddingLookup } from '../ops/embedding_lookup';
import { DebertaLayer, firstInput, firstShape, type LayerArgs } from './deberta_layer';

const OPTIONS = ['inputDim', 'outputDim', 'weightName', 'initializerRange'] as const;

/** Options of {@link Embedding}. */
export interface EmbeddingOptions {
  /** Number of rows. */
  readonly inputDim: number;
  /** Width of a row. */
  readonly outputDim: number;
  /** What the TF classes call the table: `weight` for words, `embeddings` for positions and token types. */
  readonly weightName: 'weight' | 'embeddings';
  /** Standard deviation of the initial table. */
  readonly initializerRange: number;
}

/** A table of vectors looked up by integer ids. */
export class Embedding extends DebertaLayer<EmbeddingOptions> {
  static className = 'DebertaV2Embedding';
  #table!: tf.LayerVariable;

  constructor(args: EmbeddingOptions & LayerArgs) {
    super(args, OPTIONS);
  }

  protected override createWeights(): void {
    const { inputDim, outputDim, weightName, initializerRange } = this.options;
    this.#table = this.makeWeight(weightName, [inputDim, outputDim], this.truncatedNormal(initializerRange));
  }

  /** The table, `[inputDim, outputDim]`. */
  get table(): tf.Tensor2D {
    return this.#table.read() as tf.Tensor2D;
  }

  /** Adds rows drawn like the initial ones, or cuts rows off at the end. */
  resize(rows: number): void {
    this.#table = this.replaceWeight(this.#table, rows, this.truncatedNormal(this.options.initializerRange));
    Object.assign(this.options, { inputDim: rows });
  }

  /** Keeps some rows, in the order given. */
  keep(rows: readonly number[]): void {
    this.#table = this.keepRows(this.#table, rows);
    Object.assign(this.options, { inputDim: rows.length });
  }

  /** Ids of any shape → `[..., outputDim]`. */
  forward(ids: tf.Tensor): tf.Tensor {
    return embeddingLookup(this.table, ids);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return this.forward(firstInput(inputs));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...firstShape(inputShape), this.options.outputDim];
  }
}
