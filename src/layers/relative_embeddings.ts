import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { RelativePositionRows } from '../ops/relative_position_rows';
import { DebertaLayer, type LayerArgs } from './deberta_layer';
import { LayerNormalization } from './layer_normalization';

/** Names of its options; the layers around it have them among their own. */
export const RELATIVE_EMBEDDINGS_OPTIONS = [
  'span',
  'hiddenSize',
  'positionBuckets',
  'maxRelativePositions',
  'normalizeRelativeEmbeddings',
  'layerNormEps',
  'initializerRange',
] as const;

/** The fields of {@link DebertaV2Config} that {@link RelativeEmbeddings} reads. */
export type RelativeEmbeddingsOptions = Pick<DebertaV2Config, (typeof RELATIVE_EMBEDDINGS_OPTIONS)[number]>;

/**
 * The table of relative position embeddings, `[2 · span, H]`, shared by all layers, layer-normalized where the
 * configuration says `norm_rel_ebd: "layer_norm"`.
 *
 * Row `span + δ` stands for keys δ positions (or buckets) before the query. Mirrors `get_rel_embedding` of
 * transformers; He et al., "DeBERTa: Decoding-enhanced BERT with Disentangled Attention" (2021), section 3.1.
 *
 * As a Keras layer it ignores the values of its input and gives the table.
 */
export class RelativeEmbeddings extends DebertaLayer<RelativeEmbeddingsOptions> {
  static className = 'RelativeEmbeddings';
  /** Which rows of the table each sequence length reads. */
  readonly rows: RelativePositionRows;
  readonly layerNorm: LayerNormalization | undefined;
  #table!: tf.LayerVariable;

  constructor(args: RelativeEmbeddingsOptions & LayerArgs) {
    super(args, RELATIVE_EMBEDDINGS_OPTIONS);
    this.rows = new RelativePositionRows(this.options);
    if (args.normalizeRelativeEmbeddings) {
      const { hiddenSize: size, layerNormEps } = args;
      this.layerNorm = this.addLayer(new LayerNormalization({ name: 'LayerNorm', size, layerNormEps }));
    }
  }

  protected override createWeights(): void {
    const { span, hiddenSize, initializerRange } = this.options;
    this.#table = this.makeWeight(
      'rel_embeddings.weight',
      [2 * span, hiddenSize],
      this.truncatedNormal(initializerRange),
    );
  }

  protected override releaseCaches(): void {
    this.rows.dispose();
  }

  /** The table as the attention reads it, `[2 · span, H]`; the weight itself where it is not normalized. */
  forward(): tf.Tensor2D {
    const table = this.#table.read() as tf.Tensor2D;
    return this.layerNorm === undefined ? table : this.layerNorm.forward(table);
  }

  override call(): tf.Tensor {
    return tf.tidy(() => tf.clone(this.forward()));
  }

  override computeOutputShape(): tf.Shape {
    return [2 * this.options.span, this.options.hiddenSize];
  }
}
