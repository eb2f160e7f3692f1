import * as tf from '@tensorflow/tfjs';
import { type Architecture, modelTopology } from '../config/architecture';
import { DebertaV2Config } from '../config/deberta_v2_config';
import { requirePositionRows } from '../config/require_position_rows';
import type { LoadingInfo } from '../convert/weight_plan';
import { UsageError } from '../errors';
import { lower } from '../inference/lower';
import { type InferenceInfo, Predictor } from '../inference/predictor';
import type { WeightReader } from '../inference/weight_reader';
import { buildWithWeights } from '../layers/deberta_layer';
import type { EncoderPass, EncoderResult } from '../layers/encoder';
import type { DebertaV2MainLayer } from '../layers/main_layer';
import { type ExportSavedModelOptions, exportSavedModel } from './export_saved_model';
import { type LabelInputs, nameLabels } from './label_inputs';
import { loadPretrained } from './load_pretrained';
import { type BatchSource, mapBatches } from './map_batches';
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
  CompileArgs,
  EvaluateDatasetArgs,
  FitArgs,
  ForwardOptions,
  FromPretrainedOptions,
  ModelOptions,
  PredictArgs,
  SavePretrainedOptions,
} from './model_options';
import { predictBatches } from './predict_batches';
import { savePretrained } from './save_pretrained';
import { withTaskAccuracy } from './task_accuracy';

/** A model class, as the static methods of the base see it. */
export interface ModelClass<Model extends TFDebertaV2PreTrainedModel> {
  new (config: DebertaV2Config, options?: ModelOptions): Model;
  readonly className: Architecture;
}

/** Loss of a task from its target and the output of the Keras graph. */
export type TaskLoss = (target: tf.Tensor, output: tf.Tensor) => tf.Scalar;

/**
 * Base of the DeBERTa-v2 models: a tf.LayersModel with `forward`, checkpoints, and inputs by name.
 *
 * Mirrors `TFDebertaV2PreTrainedModel` of Hugging Face transformers.
 */
export abstract class TFDebertaV2PreTrainedModel extends tf.LayersModel {
  /** The encoder, without head. */
  readonly deberta: DebertaV2MainLayer;
  /** What did not fit when the weights were loaded; empty lists for a new model. */
  loadingInfo: LoadingInfo = { missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] };
  #config: DebertaV2Config;
  #staleOptimizer = false;
  #usesTaskLoss = true;
  #inference: Predictor | undefined;

  protected constructor(config: DebertaV2Config, deberta: DebertaV2MainLayer, graph: ModelGraph) {
    super(graph);
    this.#config = config;
    this.deberta = deberta;
  }

  /** The configuration the model was made from. */
  get config(): DebertaV2Config {
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

  /**
   * One differentiable pass, synchronous: usable inside `tf.grads` and `optimizer.minimize`.
   *
   * The ids are not checked against the vocabulary here, which would read them back from a GPU.
   *
   * @throws {InputError} for shapes of inputs or labels that do not fit.
   */
  abstract forward(inputs: ModelInputs, options?: ForwardOptions): object;

  /** Rank of `input_ids`: 2, or 3 where a text has choices. */
  protected get inputRank(): 2 | 3 {
    return 2;
  }

  /** Names of the label tensors. */
  protected get labelNames(): readonly string[] {
    return ['labels'];
  }

  /** What the output is trained against, from the labels in the order of their names. */
  protected targetOf(labels: readonly tf.Tensor[]): tf.Tensor {
    return labels[0]!;
  }

  /** The task's own loss, for `compile` without one. */
  protected abstract taskLoss(): TaskLoss;

  /** Refuses labels the task cannot train on; reads them back. */
  protected abstract checkLabels(name: string, labels: tf.Tensor, inputs: ModelInputs): void;

  override get trainable(): boolean {
    return super.trainable;
  }

  /** Freezes every layer, as Keras does, and thereby its variables for `optimizer.minimize`. */
  override set trainable(trainable: boolean) {
    super.trainable = trainable;
    for (const layer of this.layers) layer.trainable = trainable;
  }

  /** Restarts the stream that dropout masks and new weights draw their seeds from. */
  setSeed(seed: number): void {
    this.deberta.seeds.state = seed >>> 0;
  }

  /** Runs the encoder on inputs `[B, S]`, with the defaults filled in. */
  protected encode(inputs: ModelInputs, { training = false, ...outputs }: ForwardOptions): EncoderResult {
    checkInputShapes(inputs, 2, this.config);
    const pass: EncoderPass = { training, ...outputs };
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
   * @param args `batchSize`: rows computed at a time, 32 by default.
   * @returns last hidden state, logits, or `[start, end]` logits.
   * @throws {InputError} for shapes that do not fit or ids outside of the vocabulary; {@link UsageError} for a batch
   *   size that is none.
   *
   * @example
   * const logits = model.predict(tokenizer.call(['a text'], { returnTensors: 'tf' }));
   */
  override predict(x: PredictInputs, args: PredictArgs = {}): tf.Tensor | tf.Tensor[] {
    const inputs = nameInputs(x);
    this.#checkInputs(inputs);
    const batchSize = args.batchSize ?? 32;
    checkBatchSize(batchSize);
    const results = tf.tidy(() => predictBatches(this.#predictor, inputs, batchSize));
    return results.length === 1 ? results[0]! : results;
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
      requirePositionRows(length, this.config);
    }
    await this.#predictor.warmUp(shapes);
  }

  /** How {@link predict} computes on the backend in use, and what it holds beside the weights. */
  inferenceInfo(): InferenceInfo {
    return this.#predictor.info;
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
    const names = this.weights.map(({ originalName }) => originalName);
    return exportSavedModel(folder, lower(this.#architecture, this.config), this.#weightReader(), names, options);
  }

  get #predictor(): Predictor {
    this.#inference ??= new Predictor(lower(this.#architecture, this.config), this.#weightReader());
    return this.#inference;
  }

  #weightReader(): WeightReader {
    const weights = new Map(this.weights.map((weight) => [weight.originalName, weight]));
    return (name) => weights.get(name)!.read();
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
  override predictOnBatch(x: PredictInputs): tf.Tensor | tf.Tensor[] {
    return this.predict(x, { batchSize: Number.MAX_SAFE_INTEGER });
  }

  #checkInputs(inputs: ModelInputs): void {
    checkInputShapes(inputs, this.inputRank, this.config);
    requirePositionRows(inputs.input_ids!.shape.at(-1)!, this.config);
    checkIds('input_ids', inputs.input_ids, this.config.vocabSize, 'vocab_size');
    if (this.config.typeVocabSize > 0) {
      checkIds('token_type_ids', inputs.token_type_ids, this.config.typeVocabSize, 'type_vocab_size');
    }
  }

  /**
   * As tf.LayersModel; without `loss` the task's own is used, and the metric `accuracy` then compares class indices,
   * ignored labels left out (logged as `acc`).
   */
  override compile(args: CompileArgs): void {
    this.#staleOptimizer = false;
    this.#usesTaskLoss = args.loss === undefined;
    const metrics = this.#usesTaskLoss && args.metrics !== undefined ? withTaskAccuracy(args.metrics) : args.metrics;
    const loss = args.loss ?? this.taskLoss();
    super.compile({ ...args, loss, ...(metrics === undefined ? {} : { metrics }) });
  }

  /**
   * Trains as tf.LayersModel does.
   *
   * @param x as {@link predict} takes it.
   * @param y int labels `[B]`, `[B, S]` with -100 for tokens that do not count, `{ start_positions, end_positions }`,
   *   or floats for regression and several labels at once.
   * @throws {InputError} for ids or labels out of range, or shapes that do not fit; {@link UsageError} when the model
   *   is not compiled, or for arguments that cannot be carried out.
   */
  override async fit(x: PredictInputs, y: LabelInputs, args: FitArgs = {}): Promise<tf.History> {
    checkBatchSize(args.batchSize);
    return super.fit(this.#named(x), this.#namedLabels(y), this.#namedValidation(args));
  }

  #namedValidation({ validationData, ...args }: FitArgs): tf.ModelFitArgs {
    if (validationData === undefined) return args;
    const [x, y, ...sampleWeights] = validationData as [PredictInputs, LabelInputs];
    const named = [this.#named(x), this.#namedLabels(y), ...sampleWeights];
    return { ...args, validationData: named as unknown as NonNullable<tf.ModelFitArgs['validationData']> };
  }

  /** Loss and metrics on a data set; inputs and labels as {@link fit}. */
  override evaluate(x: PredictInputs, y: LabelInputs, args: tf.ModelEvaluateArgs = {}): tf.Scalar | tf.Scalar[] {
    checkBatchSize(args.batchSize);
    return super.evaluate(
      this.#named(x) as unknown as tf.Tensor[],
      this.#namedLabels(y) as unknown as tf.Tensor[],
      args,
    );
  }

  /** One optimizer step; inputs and labels as {@link fit}. */
  override async trainOnBatch(x: PredictInputs, y: LabelInputs): Promise<number | number[]> {
    return super.trainOnBatch(this.#named(x), this.#namedLabels(y));
  }

  /** Trains on batches `{ xs, ys }`, each as {@link fit} takes them; the batches are disposed of. */
  override async fitDataset<T>(dataset: BatchSource<T>, args: tf.ModelFitDatasetArgs<T>): Promise<tf.History> {
    this.#requireCompiled();
    this.#refuseClassWeight(args.classWeight);
    return super.fitDataset(this.#standardized(dataset), args as tf.ModelFitDatasetArgs<KerasBatch>);
  }

  /** Loss and metrics on batches `{ xs, ys }`; the batches are disposed of. */
  override async evaluateDataset(
    dataset: BatchSource<object>,
    args?: EvaluateDatasetArgs,
  ): Promise<tf.Scalar | tf.Scalar[]> {
    this.#requireCompiled();
    return super.evaluateDataset(this.#standardized(dataset), args);
  }

  /** tfjs asks a data set for every input and output of the graph by name; ours may hold less. */
  #standardized(dataset: BatchSource<unknown>): BatchSource<KerasBatch> {
    return mapBatches(dataset, (batch) => {
      const { xs, ys } = batch as { xs: PredictInputs; ys: LabelInputs };
      const [inputs, labels] = this.standardizeUserDataXY(this.#named(xs), this.#namedLabels(ys));
      const byName = (names: string[], tensors: tf.Tensor[]) =>
        Object.fromEntries(names.map((n, i) => [n, tensors[i]!]));
      return { xs: byName(this.inputNames, inputs), ys: byName(this.outputNames, labels) };
    });
  }

  #named(x: PredictInputs): tf.NamedTensorMap {
    return nameInputs(x) as tf.NamedTensorMap;
  }

  #namedLabels(y: LabelInputs): tf.NamedTensorMap {
    return nameLabels(y, this.labelNames);
  }

  /** Where every way of training hands its data over: tensors in the order of the graph, checked. */
  protected override standardizeUserDataXY(x: TensorInputs, y: TensorInputs): [tf.Tensor[], tf.Tensor[]] {
    this.#requireCompiled();
    const inputs = x as ModelInputs;
    this.#checkInputs(inputs);
    const labels = y as tf.NamedTensorMap;
    if (this.#usesTaskLoss) {
      for (const name of this.labelNames) this.checkLabels(name, labels[name]!, inputs);
    }
    const target = this.targetOf(this.labelNames.map((name) => labels[name]!));
    const ids = inputs.input_ids!;
    // tfjs disposes what it finds here and did not get from the caller.
    const standardized = [
      tf.cast(ids, 'int32'),
      inputs.attention_mask ?? tf.onesLike(ids),
      inputs.token_type_ids ?? tf.zerosLike(ids),
    ];
    return [standardized, [target]];
  }

  protected override standardizeUserData(
    x: TensorInputs,
    y: TensorInputs,
    sampleWeight?: tf.Tensor | tf.Tensor[] | { [outputName: string]: tf.Tensor },
    classWeight?: tf.ClassWeight | tf.ClassWeight[] | tf.ClassWeightMap,
    checkBatchAxis?: boolean,
    batchSize?: number,
  ): Promise<[tf.Tensor[], tf.Tensor[], tf.Tensor[]]> {
    this.#refuseClassWeight(classWeight);
    return super.standardizeUserData(x, y, sampleWeight, classWeight, checkBatchAxis, batchSize);
  }

  #requireCompiled(): void {
    if (this.optimizer === undefined) {
      throw new UsageError('The model has no optimizer and loss yet; call compile before training or evaluating.');
    }
    if (this.#staleOptimizer) {
      throw new UsageError('The model was resized after compile; call compile again before training.');
    }
  }

  #refuseClassWeight(classWeight: unknown): void {
    if (this.#usesTaskLoss && classWeight != null) {
      throw new UsageError("classWeight needs a loss given to compile; the task's own loss takes no class weights.");
    }
  }

  /**
   * Grows or shrinks the vocabulary: word embeddings, and the bias of a masked-LM head. New rows are drawn as initial
   * weights are. A compiled model must be compiled again.
   *
   * @param rows the new `vocab_size`, usually the tokenizer's length.
   */
  resizeTokenEmbeddings(rows: number): void {
    this.#releasePredictor();
    this.#config = this.#config.with({ vocabSize: rows });
    this.deberta.embeddings.wordEmbeddings.resize(rows);
    this.#staleOptimizer = this.optimizer !== undefined;
  }

  /**
   * Writes configuration and weights into a folder, which may hold other files (a tokenizer's).
   *
   * @throws {OutputError} when the folder cannot be written; no half-written file stays.
   */
  savePretrained(folder: string, options: SavePretrainedOptions = {}): Promise<void> {
    return savePretrained(folder, this.#architecture, this.config, this.weights, options);
  }

  /** The number of weights, each tied one counted once. */
  numParameters(): number {
    return this.weights.reduce((sum, { shape }) => sum + shape.reduce<number>((size, axis) => size * axis!, 1), 0);
  }

  get #architecture(): Architecture {
    return (this.constructor as ModelClass<this>).className;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...modelTopology(this.#architecture, this.config).config };
  }

  /** As tf.LayersModel, but for the strings in it, which tfjs would rewrite; see `modelTopology`. */
  override toJSON(_unused?: unknown, returnString = true): ReturnType<tf.LayersModel['toJSON']> {
    const topology = {
      ...modelTopology(this.#architecture, this.config),
      keras_version: `tfjs-layers ${tf.version_layers}`,
      backend: 'TensorFlow.js',
    };
    return returnString ? JSON.stringify(topology) : { ...topology, config: { ...topology.config } };
  }
}

type TensorInputs = Parameters<tf.LayersModel['fit']>[0];

/** A batch as tfjs wants it. */
type KerasBatch = { xs: tf.NamedTensorMap; ys: tf.NamedTensorMap };
