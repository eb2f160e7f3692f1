import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { activations } from '../ops/activations';
import { tiedProjection } from '../ops/tied_projection';
import { type CallArgs, DebertaLayer, firstInput, firstShape, type LayerArgs } from './deberta_layer';
import { Dense } from './dense';
import { LayerNormalization } from './layer_normalization';

const OPTIONS = [
  'hiddenSize',
  'embeddingSize',
  'vocabSize',
  'hiddenAct',
  'layerNormEps',
  'initializerRange',
  'legacy',
] as const;

/** The fields of {@link DebertaV2Config} that {@link MaskedLMHead} reads. */
export type MaskedLMHeadOptions = Pick<DebertaV2Config, (typeof OPTIONS)[number]>;

/** Where the weights of the two spellings of the head live. */
const PATHS = {
  cls: { head: 'predictions', transform: 'predictions/transform' },
  lm_predictions: { head: 'lm_head', transform: 'lm_head' },
} as const;

/**
 * Scores of every vocabulary entry at every position: `LN(act(dense(x))) · wordEmbeddingsᵀ + bias`.
 *
 * Mirrors `TFDebertaV2OnlyMLMHead` (`cls.predictions`, `legacy`) and `LMPredictionHead` of PyTorch
 * (`lm_predictions.lm_head`, not `legacy`), which differ in the names of their weights. The word embeddings are the
 * encoder's own, so the layer is made with a way to read them and not from a configuration alone.
 */
export class MaskedLMHead extends DebertaLayer<MaskedLMHeadOptions> {
  static className = 'DebertaV2MaskedLMHead';
  readonly dense: Dense;
  readonly layerNorm: LayerNormalization;
  #bias!: tf.LayerVariable;
  #wordEmbeddings: () => tf.Tensor2D;

  /** @param wordEmbeddings reads the encoder's table, `[V, E]`. */
  constructor(args: MaskedLMHeadOptions & LayerArgs, wordEmbeddings: () => tf.Tensor2D) {
    super({ ...args, name: args.legacy ? 'cls' : 'lm_predictions' }, OPTIONS);
    this.#wordEmbeddings = wordEmbeddings;
    const { hiddenSize: inputSize, embeddingSize: size, initializerRange, layerNormEps } = args;
    const { transform } = this.#paths;
    this.dense = this.addLayer(new Dense({ name: `${transform}/dense`, inputSize, units: size, initializerRange }));
    this.layerNorm = this.addLayer(new LayerNormalization({ name: `${transform}/LayerNorm`, size, layerNormEps }));
  }

  get #paths() {
    return PATHS[this.options.legacy ? 'cls' : 'lm_predictions'];
  }

  protected override createWeights(): void {
    this.#bias = this.makeWeight(this.#biasName, [this.options.vocabSize], tf.initializers.zeros());
  }

  get #biasName(): string {
    return `${this.#paths.head}/bias`;
  }

  /** Follows the word embeddings to another vocabulary size; new entries get bias 0. */
  resize(rows: number): void {
    this.#bias = this.replaceWeight(this.#bias, rows, tf.initializers.zeros());
    Object.assign(this.options, { vocabSize: rows });
  }

  /** Follows the word embeddings to some of their rows, in the order given. */
  keep(rows: readonly number[]): void {
    this.#bias = this.keepRows(this.#bias, rows);
    Object.assign(this.options, { vocabSize: rows.length });
  }

  /** `[..., H]` → `[..., V]`. */
  forward(hiddenStates: tf.Tensor, training = false): tf.Tensor {
    return tf.tidy(() => {
      const activated = activations[this.options.hiddenAct](this.dense.forward(hiddenStates, training));
      const transformed = this.layerNorm.forward(activated);
      return tiedProjection(transformed, this.#wordEmbeddings(), this.#bias.read() as tf.Tensor1D);
    });
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallArgs = {}): tf.Tensor {
    return this.forward(firstInput(inputs), training);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...firstShape(inputShape).slice(0, -1), this.options.vocabSize];
  }
}
