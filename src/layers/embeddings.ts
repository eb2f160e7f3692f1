import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { requirePositionRows } from '../config/require_position_rows';
import { tokenMask } from '../ops/attention_mask';
import { type CallArgs, DebertaLayer, firstShape, type LayerArgs } from './deberta_layer';
import { Dense } from './dense';
import { Dropout } from './dropout';
import { Embedding } from './embedding';
import type { EmbeddingsHook } from './embeddings_hook';
import { LayerNormalization } from './layer_normalization';

/** Names of its options; the layers around it have them among their own. */
export const EMBEDDINGS_OPTIONS = [
  'vocabSize',
  'hiddenSize',
  'embeddingSize',
  'positionBiasedInput',
  'enhancedMaskDecoder',
  'maxPositionEmbeddings',
  'typeVocabSize',
  'layerNormEps',
  'hiddenDropoutProb',
  'initializerRange',
] as const;

/** The fields of {@link DebertaV2Config} that {@link DebertaV2Embeddings} reads. */
export type DebertaV2EmbeddingsOptions = Pick<DebertaV2Config, (typeof EMBEDDINGS_OPTIONS)[number]>;

/** What {@link DebertaV2Embeddings} embeds. */
export interface EmbeddingsInputs {
  /** Token ids, int32 `[B, S]`; either these or `inputsEmbeds`. */
  readonly inputIds?: tf.Tensor | undefined;
  /** Embedded tokens, `[B, S, E]`, in place of ids. */
  readonly inputsEmbeds?: tf.Tensor | undefined;
  /** 1 for tokens, 0 for padding: `[B, S]`, `[B, 1, 1, S]`, or `[B, S, S]` (a token is real if any query sees it). */
  readonly attentionMask: tf.Tensor;
  /** int32 `[B, S]`; zeros by default. Without effect when `typeVocabSize` is 0. */
  readonly tokenTypeIds?: tf.Tensor | undefined;
  /** int32 `[B, S]` or `[1, S]`; 0 to `S − 1` by default. Without effect where there is no table of positions. */
  readonly positionIds?: tf.Tensor | undefined;
}

/**
 * The input layer: sum of word, position and token-type embeddings, projected to the hidden size where the
 * embeddings are narrower, normalized, padding set to 0, dropout.
 *
 * Mirrors `TFDebertaV2Embeddings` of transformers. As a Keras layer it takes `[input_ids, attention_mask,
 * token_type_ids?]`.
 */
export class DebertaV2Embeddings extends DebertaLayer<DebertaV2EmbeddingsOptions> {
  static className = 'DebertaV2Embeddings';
  readonly wordEmbeddings: Embedding;
  /** Added to the input, or kept for the enhanced mask decoder; see {@link positions}. */
  readonly positionEmbeddings: Embedding | undefined;
  readonly tokenTypeEmbeddings: Embedding | undefined;
  readonly embedProj: Dense | undefined;
  readonly layerNorm: LayerNormalization;
  readonly dropout: Dropout;

  constructor(args: DebertaV2EmbeddingsOptions & LayerArgs) {
    super(args, EMBEDDINGS_OPTIONS);
    const { embeddingSize, hiddenSize, initializerRange, layerNormEps } = args;
    const table = (name: string, inputDim: number, weightName: 'weight' | 'embeddings') =>
      this.addLayer(new Embedding({ name, inputDim, outputDim: embeddingSize, weightName, initializerRange }));

    this.wordEmbeddings = table('word_embeddings', args.vocabSize, 'weight');
    if (args.positionBiasedInput || args.enhancedMaskDecoder) {
      this.positionEmbeddings = table('position_embeddings', args.maxPositionEmbeddings, 'embeddings');
    }
    if (args.typeVocabSize > 0) {
      this.tokenTypeEmbeddings = table('token_type_embeddings', args.typeVocabSize, 'embeddings');
    }
    if (embeddingSize !== hiddenSize) {
      const projection = { inputSize: embeddingSize, units: hiddenSize, useBias: false, initializerRange };
      this.embedProj = this.addLayer(new Dense({ name: 'embed_proj', ...projection }));
    }
    this.layerNorm = this.addLayer(new LayerNormalization({ name: 'LayerNorm', size: hiddenSize, layerNormEps }));
    this.dropout = this.addLayer(new Dropout({ name: 'dropout', rate: args.hiddenDropoutProb }));
  }

  /**
   * @param hook changes what is normalized, nothing by default.
   * @returns `[B, S, H]`; rows of padding are 0.
   * @throws {InputError} when the sequence is longer than the position table.
   */
  forward(inputs: EmbeddingsInputs, training: boolean, hook?: EmbeddingsHook): tf.Tensor3D {
    return tf.tidy(() => {
      const sum = () => this.#sum(inputs, training);
      const normalized = this.layerNorm.forward(hook === undefined ? sum() : hook.replace(sum));
      const masked = tf.mul(normalized, tf.expandDims(tokenMask(inputs.attentionMask), 2));
      return this.dropout.forward(masked, training) as tf.Tensor3D;
    });
  }

  #sum({ inputIds, inputsEmbeds, tokenTypeIds, positionIds }: EmbeddingsInputs, training: boolean): tf.Tensor {
    let embedded = (inputsEmbeds ?? this.wordEmbeddings.forward(inputIds!)) as tf.Tensor;
    if (this.options.positionBiasedInput) {
      embedded = tf.add(embedded, this.positions(embedded.shape[1]!, positionIds));
    }
    if (this.tokenTypeEmbeddings !== undefined) {
      embedded = tf.add(embedded, this.#tokenTypes(this.tokenTypeEmbeddings, tokenTypeIds));
    }
    return this.embedProj === undefined ? embedded : this.embedProj.forward(embedded, training);
  }

  /** The longest input that there are positions for; no limit without a table of them. */
  get longest(): number {
    return this.positionEmbeddings?.options.inputDim ?? Number.POSITIVE_INFINITY;
  }

  /**
   * The embeddings of absolute positions, `[S, E]` for the positions 0 to `S − 1`, or `[B or 1, S, E]` for given ones.
   *
   * @throws {InputError} when the sequence is longer than the table.
   */
  positions(length: number, positionIds: tf.Tensor | undefined): tf.Tensor {
    const embedding = this.positionEmbeddings!;
    if (positionIds !== undefined) return embedding.forward(positionIds);
    requirePositionRows(length, this.longest);
    return tf.slice(embedding.table, 0, length);
  }

  /** Without ids every token is of type 0, whose row is broadcast. */
  #tokenTypes(embedding: Embedding, tokenTypeIds: tf.Tensor | undefined): tf.Tensor {
    return tokenTypeIds === undefined ? tf.slice(embedding.table, 0, 1) : embedding.forward(tokenTypeIds);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArgs = {}): tf.Tensor {
    const [inputIds, attentionMask, tokenTypeIds] = inputs as tf.Tensor[];
    return this.forward({ inputIds, attentionMask: attentionMask!, tokenTypeIds }, training);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...firstShape(inputShape), this.options.hiddenSize];
  }
}
