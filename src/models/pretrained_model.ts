import * as tf from '@tensorflow/tfjs';
import { type Architecture, modelTopology } from '../config/architecture';
import { DebertaV2Config } from '../config/deberta_v2_config';
import { renumberTokenIds } from '../config/renumber_token_ids';
import { requirePositionRows } from '../config/require_position_rows';
import { type LoadingInfo, withoutWeights } from '../convert/weight_plan';
import { UsageError } from '../errors';
import { lower } from '../inference/lower';
import { type InferenceInfo, Predictor } from '../inference/predictor';
import type { WeightReader } from '../inference/weight_reader';
import { PRECISIONS, type Precision } from '../kernels/kernel_plan';
import { buildWithWeights } from '../layers/deberta_layer';
import type { EncoderResult } from '../layers/encoder';
import type { DebertaV2MainLayer, MainLayerPass } from '../layers/main_layer';
import { AdaptableModel } from './adaptable_model';
import { type ExportSavedModelOptions, exportSavedModel } from './export_saved_model';
import { type LayerChoice, layersToKeep } from './layers_to_keep';
import { loadPretrained, reportLoading } from './load_pretrained';
import { readMaskPositions } from './mask_positions';
import type { ModelGraph } from './model_graph';
import {
  checkBatchSize,
  checkIds,
  checkInputShapes,
  type ModelInputs,
  nameInputs,
  type PredictInputs,
} from './model_inputs';
import type {
  ForwardOptions,
  FromPretrainedOptions,
  ModelOptions,
  PredictArgs,
  SavePretrainedOptions,
} from './model_options';
import { type Batches, predictBatches, predictBatchesAsync } from './predict_batches';
import { requireRows } from './require_rows';
import { savePretrained } from './save_pretrained';

/** A model class, as the static methods of the base see it. */
export interface ModelClass<Model extends TFDebertaV2PreTrainedModel> {
  new (config: DebertaV2Config, options?: ModelOptions): Model;
  readonly className: Architecture;
}

/**
 * Base of the DeBERTa-v2 models: a tf.LayersModel with `forward`, checkpoints, and inputs by name.
 *
 * Mirrors `TFDebertaV2PreTrainedModel` of Hugging Face transformers.
 */
export abstract class TFDebertaV2PreTrainedModel extends AdaptableModel {
  /** The encoder, without head. */
  override readonly deberta: DebertaV2MainLayer;
  /** What did not fit when the weights were loaded; empty lists for a new model. */
  loadingInfo: LoadingInfo = { missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] };
  #config: DebertaV2Config;
  #inference: Predictor | undefined;
  #precision: Precision = 'float32';

  protected constructor(config: DebertaV2Config, deberta: DebertaV2MainLayer, graph: ModelGraph) {
    super(graph);
    this.#config = config;
    this.deberta = deberta;
  }

  /** The configuration the model was made from. */
  override get config(): DebertaV2Config {
    return this.#config;
  }

  /**
   * Loads a model from a checkpoint of any format this package reads: safetensors, `tf_model.h5`,
   * `pytorch_model.bin`, TensorFlow checkpoints and SavedModels, tfjs.
   *
   * Weights of a head that the checkpoint lacks start fresh, with a warning that names them; see `loadingInfo`.
   *
   * @param source folder, a weights file in it, a URL of either, or a repository of the Hugging Face hub.
   * @throws {CheckpointError} for a checkpoint that is missing, damaged or does not fit; {@link ConfigError} for its
   *   configuration.
   *
   * @example
   * const model = await TFDebertaV2ForSequenceClassification.fromPretrained('microsoft/deberta-v3-base', {
   *   numLabels: 3,
   * });
   */
  static async fromPretrained<Model extends TFDebertaV2PreTrainedModel>(
    this: ModelClass<Model>,
    source: string,
    options: FromPretrainedOptions = {},
  ): Promise<Model> {
    const { model, info } = await loadPretrained(
      source,
      this.className,
      options,
      (config) => new this(config, options),
    );
    model.loadingInfo = info;
    if (options.adapter !== undefined) await putAdapterOn(model, options.adapter, options);
    reportLoading(this.className, source, model.loadingInfo);
    if (options.inferencePrecision !== undefined) model.inferencePrecision = options.inferencePrecision;
    return model;
  }

  /** Rebuilds a saved model for tf.loadLayersModel. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    { config: json }: tf.serialization.ConfigDict,
    _customObjects?: tf.serialization.ConfigDict,
    fastWeightInit = false,
  ): T {
    const config = DebertaV2Config.fromJSON(JSON.parse(String(json)));
    const ModelClass = cls as unknown as new (config: DebertaV2Config) => T;
    const build = () => new ModelClass(config);
    // tfjs says so when it is about to overwrite every weight; drawing random ones would be the slow part.
    return fastWeightInit ? buildWithWeights((_path, shape) => tf.zeros(shape), build) : build();
  }

  /** Runs the encoder on inputs `[B, S]`, with the defaults filled in. */
  protected encode(inputs: ModelInputs, { training = false, ...outputs }: ForwardOptions): EncoderResult {
    checkInputShapes(inputs, 2, this.config);
    const pass: MainLayerPass = { training, ...outputs };
    const tokens = (inputs.input_ids ?? inputs.inputs_embeds)!;
    const attentionMask = inputs.attention_mask ?? tf.ones(tokens.shape.slice(0, 2));
    return this.deberta.forward(
      {
        inputIds: inputs.input_ids,
        inputsEmbeds: inputs.inputs_embeds,
        attentionMask,
        tokenTypeIds: inputs.token_type_ids,
        positionIds: inputs.position_ids,
      },
      pass,
    );
  }

  /**
   * Predictions in inference mode, synchronous as in tfjs.
   *
   * @param x ids, an array in the order input_ids, attention_mask, token_type_ids, or a map by those names.
   * @param args `batchSize`: rows computed at a time, 32 by default; `maskPositions`: the tokens that a masked-LM head
   *   scores, all by default.
   * @returns last hidden state, logits, or `[start, end]` logits; logits `[N, V]` of N positions.
   * @throws {InputError} for shapes that do not fit or ids outside of the vocabulary; {@link UsageError} for a batch
   *   size that is none.
   *
   * @example
   * const logits = model.predict(tokenizer.call(['a text'], { returnTensors: 'tf' }));
   */
  override predict(x: PredictInputs, args: PredictArgs = {}): tf.Tensor | tf.Tensor[] {
    const { inputs, batches, shape } = this.#predictInputs(x, args);
    try {
      const results = tf.tidy(() => predictBatches(this.#predictor, inputs, batches));
      return results.length === 1 ? results[0]! : results;
    } catch (error) {
      throw this.explainMemory(error, shape, false);
    }
  }

  /**
   * As {@link predict}, by other threads while the caller's goes on: a server keeps answering, a page stays responsive.
   *
   * On the backend `wasm` where threads can share memory: in Node, and in a web page that is isolated from others
   * (`crossOriginIsolated`), where it is also the way to use more than one thread. Elsewhere it computes as `predict`
   * does. The inputs may be disposed of at once.
   *
   * @example
   * const logits = await model.predictAsync(tokenizer.call(['a text'], { returnTensors: 'tf' }));
   */
  async predictAsync(x: PredictInputs, args: PredictArgs = {}): Promise<tf.Tensor | tf.Tensor[]> {
    const { inputs, batches, shape } = this.#predictInputs(x, args);
    try {
      const results = await predictBatchesAsync(this.#predictor, inputs, batches);
      return results.length === 1 ? results[0]! : results;
    } catch (error) {
      throw this.explainMemory(error, shape, false);
    }
  }

  #predictInputs(x: PredictInputs, args: PredictArgs): { inputs: ModelInputs; batches: Batches; shape: number[] } {
    const inputs = nameInputs(x);
    this.checkInputs(inputs);
    const batchSize = args.batchSize ?? 32;
    checkBatchSize(batchSize);
    const [texts = 0, ...rest] = inputs.input_ids!.shape;
    const positions = args.maskPositions && readMaskPositions(args.maskPositions, inputs.input_ids!.shape);
    if (positions !== undefined && !this.choosesRows) {
      throw new UsageError(
        `maskPositions are for masked-LM models, received some for ${this.architecture}; leave them out.`,
        { path: 'maskPositions', received: this.architecture },
      );
    }
    return { inputs, batches: { batchSize, positions }, shape: [Math.min(texts, batchSize), ...rest] };
  }

  /** Whether `predict` can be asked for some tokens only. */
  protected get choosesRows(): boolean {
    return false;
  }

  /**
   * How {@link predict} keeps its copy of the matrices of weights on the backend `wasm`: `float32` (the default),
   * `float16` (half the memory of the copy, a little slower) or `int8` (a quarter, and faster: a scale for each column,
   * and inputs rounded to 8 bits as they come). docs/performance.md says what they cost in accuracy. The model's own
   * weights stay float32, and so do training and other backends.
   *
   * @throws {UsageError} for another value.
   */
  get inferencePrecision(): Precision {
    return this.#precision;
  }

  set inferencePrecision(precision: Precision) {
    if (!PRECISIONS.includes(precision)) {
      throw new UsageError(
        `inferencePrecision must be one of ${PRECISIONS.join(', ')}, received ${JSON.stringify(precision)}.`,
        { path: 'inferencePrecision', expected: PRECISIONS, received: precision },
      );
    }
    this.#releasePredictor();
    this.#precision = precision;
  }

  /**
   * Makes the first {@link predict} of each shape as fast as later ones; for servers, before they take requests.
   *
   * On the backend `tensorflow` it compiles the shapes, a second or more each, and keeps whichever of compiled and
   * plain graph is faster. Elsewhere there is nothing to prepare.
   *
   * @param shapes batch and length, padding included (for multiple choice: batch times choices, and length).
   *
   * @example
   * await model.warmUp([[1, 128], [8, 128]]);
   */
  async warmUp(shapes: ReadonlyArray<readonly [batch: number, length: number]>): Promise<void> {
    for (const [batch, length] of shapes) {
      const size = [batch, length];
      if (!size.every((axis) => Number.isInteger(axis) && axis > 0)) {
        throw new UsageError(`warmUp takes pairs of batch and length, received [${size}].`, { received: size });
      }
      requirePositionRows(length, this.deberta.embeddings.longest);
    }
    await this.#predictor.warmUp(shapes);
  }

  /** How {@link predict} computes on the backend in use, and what it holds beside the weights. */
  inferenceInfo(): InferenceInfo {
    const { info } = this.#predictor;
    return { ...info, heldBytes: info.heldBytes + (this.adapter?.heldBytes ?? 0) };
  }

  /**
   * Writes the model as a TensorFlow SavedModel, for TensorFlow Serving, Java, Python and others.
   *
   * Its signature takes int32 `input_ids`, `attention_mask` and `token_type_ids` (`[B, S]`; `[B, C, S]` for multiple
   * choice), all of them, and gives what `forward` calls its results: `last_hidden_state`, `logits`, or `start_logits`
   * and `end_logits`. It predicts; to go on training elsewhere use {@link savePretrained}. `fromPretrained` of this
   * package reads the weights back, with `config.json` put beside `saved_model.pb`.
   *
   * @param folder must not exist, unless `overwrite` is set.
   * @throws {OutputError} when the folder exists or cannot be written; nothing half-written stays.
   *
   * @example
   * await model.exportSavedModel('spam/1'); // tensorflow_model_server --model_base_path=$PWD/spam
   */
  exportSavedModel(folder: string, options: ExportSavedModelOptions = {}): Promise<void> {
    const names = this.#baseWeights.map(({ originalName }) => originalName);
    return exportSavedModel(folder, lower(this.architecture, this.config), this.#weightReader(), names, options);
  }

  get #predictor(): Predictor {
    const options = { precision: this.#precision };
    this.#inference ??= new Predictor(lower(this.architecture, this.config), this.#weightReader(), options);
    return this.#inference;
  }

  #weightReader(): WeightReader {
    const weights = new Map(this.weights.map((weight) => [weight.originalName, weight]));
    return (name) => this.adapter?.mergedKernel(name) ?? weights.get(name)!.read();
  }

  get #baseWeights(): readonly tf.LayerVariable[] {
    return this.adapter?.baseWeights ?? this.weights;
  }

  #releasePredictor(): void {
    this.#inference?.dispose();
    this.#inference = undefined;
  }

  /** Releases the weights and everything kept for predicting. */
  override dispose(): ReturnType<tf.LayersModel['dispose']> {
    this.#releasePredictor();
    return super.dispose();
  }

  /** {@link predict} without splitting into batches. */
  override predictOnBatch(x: PredictInputs, args: Omit<PredictArgs, 'batchSize'> = {}): tf.Tensor | tf.Tensor[] {
    return this.predict(x, { ...args, batchSize: Number.MAX_SAFE_INTEGER });
  }

  protected override checkInputs(inputs: ModelInputs): void {
    checkInputShapes(inputs, this.inputRank, this.config);
    requirePositionRows(inputs.input_ids!.shape.at(-1)!, this.deberta.embeddings.longest);
    checkIds('input_ids', inputs.input_ids, this.config.vocabSize, 'vocab_size');
    if (this.config.typeVocabSize > 0) {
      checkIds('token_type_ids', inputs.token_type_ids, this.config.typeVocabSize, 'type_vocab_size');
    }
  }

  /**
   * Grows or shrinks the vocabulary: word embeddings, and the bias of a masked-LM head. New rows are drawn as initial
   * weights are. A compiled model must be compiled again.
   *
   * @param rows the new `vocab_size`, usually the tokenizer's length.
   */
  resizeTokenEmbeddings(rows: number): void {
    this.requireNoAdapter('resizeTokenEmbeddings');
    this.#releasePredictor();
    this.#config = this.#config.with({ vocabSize: rows });
    this.deberta.embeddings.wordEmbeddings.resize(rows);
    this.requireNewCompile();
  }

  /**
   * Keeps some rows of the vocabulary, in the word embeddings and the bias of a masked-LM head, and numbers them anew:
   * `rows[i]` becomes row `i`. The token ids in the configuration follow. A compiled model must be compiled again.
   *
   * `trimVocabulary` does this together with the tokenizer.
   *
   * @param rows ids of the tokens that stay, each once, that of padding among them.
   * @throws {InputError} for rows that do not exist or come twice, and without that of padding; nothing is changed
   *   then.
   *
   * @example
   * model.keepTokenEmbeddings([0, 1, 2, 3, 262, 264, 128000]);
   */
  keepTokenEmbeddings(rows: readonly number[]): void {
    this.requireNoAdapter('keepTokenEmbeddings');
    requireRows(rows, this.config);
    this.#releasePredictor();
    this.#config = renumberTokenIds(this.#config, rows);
    this.deberta.embeddings.wordEmbeddings.keep(rows);
    this.requireNewCompile();
  }

  /**
   * Keeps some layers of the encoder, numbers them anew and releases the others: a smaller and faster model, to be
   * fine-tuned afterwards. `num_hidden_layers` follows. A compiled model must be compiled again, with a new optimizer:
   * what one keeps of a layer belongs to its number.
   *
   * The convolution of v2 models belongs to the encoder's first step: it goes from the embeddings to the output of the
   * layer that is then first, whichever that was before, for a configuration cannot say anything else.
   *
   * @param choice indices from 0, ascending; or how many, and by which rule.
   * @throws {UsageError} for no layer, and for layers that do not exist, come twice or out of order; nothing is changed
   *   then.
   *
   * @example
   * model.pruneLayers([0, 2, 4]);
   * model.pruneLayers({ keep: 6, strategy: 'even' });
   */
  pruneLayers(choice: LayerChoice): void {
    this.requireNoAdapter('pruneLayers');
    const kept = layersToKeep(choice, this.config.numHiddenLayers);
    this.#config = this.#config.with({ numHiddenLayers: kept.length });
    this.#releasePredictor();
    this.deberta.encoder.keepBlocks(kept);
    this.requireNewCompile();
  }

  /**
   * Writes configuration and weights into a folder, which may hold other files (a tokenizer's).
   *
   * @throws {OutputError} when the folder cannot be written; no half-written file stays. {@link UsageError} for a model
   *   with an adapter, unless `mergeAdapter` is set; {@link saveAdapter} writes the adapter alone.
   */
  savePretrained(folder: string, options: SavePretrainedOptions = {}): Promise<void> {
    if (!options.mergeAdapter) this.requireNoAdapter('savePretrained without mergeAdapter');
    const read = this.#weightReader();
    const weights = this.#baseWeights.map(({ originalName }) => ({ originalName, read: () => read(originalName) }));
    return savePretrained(folder, this.architecture, this.config, weights, options);
  }

  /**
   * As tf.LayersModel.
   *
   * @throws {UsageError} for a model with an adapter.
   */
  override async save(...args: Parameters<tf.LayersModel['save']>): Promise<tf.io.SaveResult> {
    this.requireNoAdapter('save');
    return super.save(...args);
  }

  /** The number of weights, each tied one counted once. */
  numParameters(): number {
    return this.weights.reduce((sum, { shape }) => sum + shape.reduce<number>((size, axis) => size * axis!, 1), 0);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...modelTopology(this.architecture, this.config).config };
  }

  /** As tf.LayersModel, but for the strings in it, which tfjs would rewrite; see `modelTopology`. */
  override toJSON(_unused?: unknown, returnString = true): ReturnType<tf.LayersModel['toJSON']> {
    const topology = {
      ...modelTopology(this.architecture, this.config),
      keras_version: `tfjs-layers ${tf.version_layers}`,
      backend: 'TensorFlow.js',
    };
    return returnString ? JSON.stringify(topology) : { ...topology, config: { ...topology.config } };
  }
}

/** Weights that the adapter brings are not missing any more. */
async function putAdapterOn(
  model: TFDebertaV2PreTrainedModel,
  adapter: string,
  options: FromPretrainedOptions,
): Promise<void> {
  try {
    await model.loadAdapter(adapter, options);
  } catch (error) {
    model.dispose();
    throw error;
  }
  model.loadingInfo = withoutWeights(model.loadingInfo, model.adapter!.savedWeights);
}
