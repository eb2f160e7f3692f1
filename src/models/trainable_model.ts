import * as tf from '@tensorflow/tfjs';
import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { UsageError } from '../errors';
import type { EmbeddingsHook } from '../layers/embeddings_hook';
import type { DebertaV2MainLayer } from '../layers/main_layer';
import { symmetricCrossEntropy } from '../ops/symmetric_cross_entropy';
import { AdamWeightDecay, type NamedWeight } from '../optimizers/adam_weight_decay';
import { explainOutOfMemory } from './explain_out_of_memory';
import { type FreezeOptions, freeze } from './freeze';
import { type LabelInputs, nameLabels } from './label_inputs';
import type { LossOptions, TaskLoss } from './loss_options';
import { type BatchSource, mapBatches } from './map_batches';
import { checkBatchSize, type ModelInputs, nameInputs, type PredictInputs } from './model_inputs';
import type { CompileArgs, EvaluateDatasetArgs, FitArgs, ForwardOptions } from './model_options';
import { ModelTrainer } from './model_trainer';
import { namedWeight } from './named_weight';
import type { LabelPadding } from './pad_step';
import { siftPasses } from './sift';
import { resolveSiftOptions } from './sift_options';
import { withTaskAccuracy } from './task_accuracy';
import { classificationRowWeights } from './task_losses';
import type { StepData, StepLoss, StepOutputs } from './train_step';
import { lastStepOf, type TrainStepResult } from './train_step_result';

/**
 * The half of a model that trains: a tf.LayersModel whose `fit` takes inputs and labels by name and knows the task's
 * loss.
 */
export abstract class TrainableModel extends tf.LayersModel {
  /** The encoder, without head. */
  abstract readonly deberta: DebertaV2MainLayer;
  #staleOptimizer = false;
  #usesTaskLoss = true;
  #lossOptions: LossOptions = {};
  #sift: ReturnType<typeof resolveSiftOptions> | undefined;
  #runsEagerly = false;
  #frozen: FreezeOptions = {};
  #trainer: ModelTrainer | undefined;
  readonly #sampleWeights = new WeakMap<tf.Tensor, tf.Tensor>();

  /** The configuration the model was made from. */
  abstract get config(): DebertaV2Config;

  /** The name of its class, by which checkpoints know it. */
  get architecture(): Architecture {
    return (this.constructor as unknown as { readonly className: Architecture }).className;
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

  /**
   * How much each row counts in the mean that is the task's loss, float32 `[N]`: those of the batch, or each label where
   * rows have several. By default that of class indices, -100 for labels that do not count.
   *
   * @param outputShape of the Keras graph's output.
   */
  protected taskRowWeights(target: tf.Tensor, options: LossOptions, _outputShape: readonly number[]): tf.Tensor1D {
    return classificationRowWeights(target, options);
  }

  /** How much the task's loss of a batch counts beside those of others: what it is the mean of. */
  protected taskLossWeight(target: tf.Tensor, options: LossOptions, outputShape: readonly number[]): tf.Scalar {
    return tf.tidy(() => tf.sum(this.taskRowWeights(target, options, outputShape)));
  }

  /**
   * How far the output of a pass over perturbed embeddings is from that of a plain one, for SiFT: `[N]`, one number for
   * each of the rows of {@link taskRowWeights}. By default the last axis has the scores of classes.
   */
  protected divergence(perturbed: tf.Tensor, clean: tf.Tensor): tf.Tensor1D {
    const rows = (scores: tf.Tensor) => tf.reshape(scores, [-1, scores.shape.at(-1)!]) as tf.Tensor2D;
    return tf.tidy(() => symmetricCrossEntropy(rows(perturbed), rows(clean)));
  }

  /** What the labels do when a batch is padded further; see `LabelPadding`. */
  protected get labelPadding(): LabelPadding {
    return 'as they are';
  }

  /** The output of the Keras graph among what `forward` gives. */
  protected outputOf(result: object): tf.Tensor {
    const { logits, last_hidden_state } = result as { logits?: tf.Tensor; last_hidden_state?: tf.Tensor };
    return (logits ?? last_hidden_state)!;
  }

  /** Refuses labels the task cannot train on; reads them back. */
  protected abstract checkLabels(name: string, labels: tf.Tensor, inputs: ModelInputs): void;

  override get trainable(): boolean {
    return super.trainable;
  }

  /** Freezes every layer, as Keras does, and thereby its variables for `optimizer.minimize`. */
  override set trainable(trainable: boolean) {
    super.trainable = trainable;
    for (const layer of this.layers) layer.trainable = trainable;
    if (trainable) this.#frozen = {};
  }

  /**
   * Keeps parts of the encoder from being trained; `trainable = true` undoes it. Call it before {@link compile}.
   *
   * @throws {UsageError} when there are not that many layers.
   *
   * @example
   * model.freeze({ embeddings: true, layers: 6 });
   */
  freeze(options: FreezeOptions): void {
    freeze(this.deberta, options);
    this.#frozen = { ...this.#frozen, ...options };
  }

  /**
   * Has training keep the input of each layer alone and compute the layer a second time for its gradient: the same
   * numbers in less memory, for about a third more time.
   */
  gradientCheckpointingEnable(): void {
    this.deberta.encoder.gradientCheckpointing = true;
  }

  /** Undoes {@link gradientCheckpointingEnable}. */
  gradientCheckpointingDisable(): void {
    this.deberta.encoder.gradientCheckpointing = false;
  }

  /** Restarts the stream that dropout masks and new weights draw their seeds from. */
  setSeed(seed: number): void {
    this.deberta.seeds.state = seed >>> 0;
  }

  /** Refuses ids and shapes of inputs that do not fit; reads ids back. */
  protected abstract checkInputs(inputs: ModelInputs): void;

  /**
   * As tf.LayersModel; without `loss` the task's own is used, and the metric `accuracy` then compares class indices,
   * ignored labels left out (logged as `acc`).
   *
   * @throws {UsageError} for options of the task's own loss beside another one, or out of range.
   */
  override compile({ classWeights, labelSmoothing, sift, runEagerly = false, ...args }: CompileArgs): void {
    if (args.loss !== undefined && [classWeights, labelSmoothing, sift].some((option) => option !== undefined)) {
      throw new UsageError(
        "classWeights, labelSmoothing and sift are of the task's own loss; compile without loss to use them.",
      );
    }
    this.#sift = sift && resolveSiftOptions(sift);
    this.#staleOptimizer = false;
    this.#runsEagerly = runEagerly;
    this.#usesTaskLoss = args.loss === undefined;
    this.#lossOptions = { classWeights, labelSmoothing };
    const metrics = this.#usesTaskLoss && args.metrics !== undefined ? withTaskAccuracy(args.metrics) : args.metrics;
    const taskLoss = this.#usesTaskLoss ? this.taskLoss() : undefined;
    const loss = args.loss ?? ((target: tf.Tensor, output: tf.Tensor) => taskLoss!(target, output, this.#lossOptions));
    super.compile({ ...args, loss, ...(metrics === undefined ? {} : { metrics }) });
    if (this.optimizer instanceof AdamWeightDecay) {
      this.optimizer.nameWeights(this.#namedWeights(), this.config.numHiddenLayers);
    }
    this.#releaseTrainer();
  }

  #namedWeights(): NamedWeight[] {
    return this.weights.map(namedWeight);
  }

  /**
   * Trains as tf.LayersModel does.
   *
   * @param x as `predict` takes it.
   * @param y int labels `[B]`, `[B, S]` with -100 for tokens that do not count, `{ start_positions, end_positions }`,
   *   or floats for regression and several labels at once.
   * @param args `classWeight` of the task's own loss: by class, 1 for those not named. `sampleWeight`: how much each row
   *   counts, float32 `[N]`, or each token, `[N, S]`; the loss is the weighted mean.
   * @throws {InputError} for ids or labels out of range, or shapes that do not fit; {@link UsageError} when the model
   *   is not compiled, or for arguments that cannot be carried out.
   */
  override async fit(x: PredictInputs, y: LabelInputs, args: FitArgs = {}): Promise<tf.History> {
    checkBatchSize(args.batchSize);
    return this.#withClassWeight(args, (rest) =>
      super.fit(this.#named(x), this.#namedLabels(y), this.#namedValidation(rest)),
    );
  }

  /** With the task's own loss, class weights are part of it for as long as a training lasts. */
  async #withClassWeight<Args extends { classWeight?: unknown }, T>(
    args: Args,
    train: (args: Args) => Promise<T>,
  ): Promise<T> {
    const { classWeight, ...rest } = args;
    this.#requireCompiled();
    if (!this.#usesTaskLoss || classWeight == null) return train(args);
    const before = this.#lossOptions;
    this.#lossOptions = { ...before, classWeights: listClassWeights(classWeight, this.config.numLabels) };
    try {
      return await train(rest as Args);
    } finally {
      this.#lossOptions = before;
    }
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

  /**
   * One step as {@link fit} takes it, and what it did.
   *
   * @param sampleWeights how much each row counts, float32 `[B]` (or each token, `[B, S]`); all the same by default.
   * @throws {InputError} for ids or labels out of range, or shapes that do not fit; {@link UsageError} when the model is
   *   not compiled.
   *
   * @example
   * const { loss, gradientNorm } = await model.trainStep(batch, labels);
   */
  async trainStep(x: PredictInputs, y: LabelInputs, sampleWeights?: tf.Tensor): Promise<TrainStepResult> {
    const [named, labels] = [this.#named(x), this.#namedLabels(y)];
    const [inputs, [target]] = this.standardizeUserDataXY(named, labels);
    const given = new Set([...Object.values(named), ...Object.values(labels)]);
    try {
      const { loss, metrics } = this.#runStep({ inputs, target: target!, sampleWeights });
      const [value, ...measured] = await Promise.all([loss, ...metrics].map((scalar) => scalar.data()));
      tf.dispose([loss, ...metrics]);
      const names = this.metricsNames.slice(1);
      return {
        loss: value![0]!,
        metrics: Object.fromEntries(names.map((name, index) => [name, measured[index]![0]!])),
        ...lastStepOf(this.optimizer, value![0]!),
      };
    } finally {
      tf.dispose([...inputs, target!].filter((tensor) => !given.has(tensor)));
    }
  }

  get #trainerInUse(): ModelTrainer {
    this.#trainer ??= new ModelTrainer({
      lossOf: (data) => this.#lossOf(data),
      weights: () => this.weights.map((weight) => weight.read() as tf.Variable),
      trainable: () => this.trainableWeights.map((weight) => weight.read() as tf.Variable),
      optimizer: this.optimizer,
      seeds: this.deberta.seeds,
      labelPadding: this.#usesTaskLoss ? this.labelPadding : 'none',
      longest: this.deberta.embeddings.longest,
      variant: () => JSON.stringify([this.deberta.encoder.gradientCheckpointing, this.#lossVariant()]),
      runsEagerly: this.#runsEagerly,
    });
    return this.#trainer;
  }

  /** Where every way of training makes its steps. */
  protected override makeTrainFunction(): (data: tf.Tensor[]) => tf.Scalar[] {
    return ([ids, mask, types, target, weights]) => {
      const ofBatch = this.#sampleWeights.get(target!);
      // tfjs puts null where there are no weights.
      const sampleWeights = weights ?? ofBatch;
      const { loss, metrics } = this.#runStep({ inputs: [ids!, mask!, types!], target: target!, sampleWeights });
      ofBatch?.dispose();
      return [loss, ...(metrics as tf.Scalar[])];
    };
  }

  #runStep(data: StepData): StepOutputs {
    try {
      return this.#trainerInUse.run(data);
    } catch (error) {
      throw this.explainMemory(error, data.inputs[0]!.shape, true);
    }
  }

  /** An error of a backend whose memory ran out, with what is known of the step; another error as it is. */
  protected explainMemory(error: unknown, shape: readonly number[], training: boolean): unknown {
    const batch = shape.slice(0, -1).reduce((product, axis) => product * axis, 1);
    const options = { batch, length: shape.at(-1)!, architecture: this.architecture, training };
    if (!training) return explainOutOfMemory(error, this.config, options);
    const { gradientCheckpointing, blocks } = this.deberta.encoder;
    // Layers may have been pruned since they were frozen.
    const frozen = { ...this.#frozen, layers: blocks.filter(({ trainable }) => !trainable).length };
    const isOurs = this.optimizer instanceof AdamWeightDecay;
    const accumulation = isOurs ? ((this.optimizer as AdamWeightDecay).options.accumulationSteps ?? 1) : 1;
    const optimizer = isOurs ? 'adamw' : this.optimizer.getClassName() === 'SGD' ? 'sgd' : 'adam';
    const sift = this.#sift !== undefined;
    const ofTraining = { gradientCheckpointing, accumulation, optimizer, frozen, sift } as const;
    return explainOutOfMemory(error, this.config, { ...options, ...ofTraining });
  }

  /** The options that a recorded step has as constants. */
  #lossVariant(): unknown {
    const { classWeights, labelSmoothing } = this.#lossOptions;
    return [labelSmoothing, classWeights instanceof tf.Tensor ? classWeights.id : classWeights];
  }

  #lossOf({ inputs, target, sampleWeights }: StepData): StepLoss {
    const options = { ...this.#lossOptions, sampleWeights };
    const { output, penalty } = this.#passes(inputs, target, options);
    const metrics = this.metricsTensors.map(([metric]) => tf.mean(metric(target, output)) as tf.Scalar);
    if (this.#usesTaskLoss) {
      const ofTask = this.taskLoss()(target, output, options);
      const loss = penalty === undefined ? ofTask : tf.add<tf.Scalar>(ofTask, penalty);
      return { loss, weight: this.taskLossWeight(target, options, output.shape), metrics };
    }
    const losses = this.lossFunctions[0]!(target, output);
    const weighted = sampleWeights === undefined ? losses : tf.mul(losses, sampleWeights);
    return { loss: tf.mean(weighted) as tf.Scalar, weight: tf.scalar(target.shape[0]!), metrics };
  }

  /** The output of a step, and with SiFT what its loss has on top. */
  #passes(
    inputs: readonly tf.Tensor[],
    target: tf.Tensor,
    options: LossOptions,
  ): { output: tf.Tensor; penalty?: tf.Scalar } {
    const [input_ids, attention_mask, token_type_ids] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor];
    const forward = (embeddingsHook?: EmbeddingsHook) =>
      this.outputOf(this.forward({ input_ids, attention_mask, token_type_ids }, { training: true, embeddingsHook }));
    if (this.#sift === undefined) return { output: forward() };
    return siftPasses({
      forward,
      compare: (perturbed, clean) => ({
        rows: this.divergence(perturbed, clean),
        weights: this.taskRowWeights(target, options, clean.shape),
      }),
      seeds: this.deberta.seeds,
      options: this.#sift,
    });
  }

  /**
   * Trains on batches `{ xs, ys, sampleWeights? }`, each as {@link fit} takes them; the batches are disposed of.
   *
   * @param args `classWeight` as for {@link fit}.
   */
  override async fitDataset<T>(dataset: BatchSource<T>, args: tf.ModelFitDatasetArgs<T>): Promise<tf.History> {
    return this.#withClassWeight(args, (rest) =>
      super.fitDataset(this.#standardized(dataset), rest as tf.ModelFitDatasetArgs<KerasBatch>),
    );
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
      const { xs, ys, sampleWeights } = batch as { xs: PredictInputs; ys: LabelInputs; sampleWeights?: tf.Tensor };
      const [inputs, labels] = this.standardizeUserDataXY(this.#named(xs), this.#namedLabels(ys));
      // tfjs hands on inputs and targets alone.
      if (sampleWeights !== undefined) this.#sampleWeights.set(labels[0]!, tf.keep(tf.clone(sampleWeights)));
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
    this.checkInputs(inputs);
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

  protected override async standardizeUserData(
    x: TensorInputs,
    y: TensorInputs,
    sampleWeight?: tf.Tensor | tf.Tensor[] | { [outputName: string]: tf.Tensor },
    classWeight?: tf.ClassWeight | tf.ClassWeight[] | tf.ClassWeightMap,
    checkBatchAxis?: boolean,
    batchSize?: number,
  ): Promise<[tf.Tensor[], tf.Tensor[], tf.Tensor[]]> {
    if (sampleWeight == null) {
      return super.standardizeUserData(x, y, undefined, classWeight, checkBatchAxis, batchSize);
    }
    if (!(sampleWeight instanceof tf.Tensor) || classWeight != null) {
      throw new UsageError(
        'sampleWeight must be one tensor, and cannot be mixed with classWeight of a loss of your own.',
      );
    }
    const [inputs, targets] = this.standardizeUserDataXY(x, y);
    // tfjs disposes of the weights at the end.
    return [inputs, targets, [tf.clone(sampleWeight)]];
  }

  #requireCompiled(): void {
    if (this.optimizer === undefined) {
      throw new UsageError('The model has no optimizer and loss yet; call compile before training or evaluating.');
    }
    if (this.#staleOptimizer) {
      throw new UsageError('The model was resized or pruned after compile; call compile again before training.');
    }
  }

  /** A compiled model must be compiled again: its weights are others. */
  protected requireNewCompile(): void {
    this.#staleOptimizer = this.optimizer !== undefined;
    this.#releaseTrainer();
  }

  #releaseTrainer(): void {
    this.#trainer?.dispose();
    this.#trainer = undefined;
  }

  /** Releases the weights and everything kept for training. */
  override dispose(): ReturnType<tf.LayersModel['dispose']> {
    this.#releaseTrainer();
    return super.dispose();
  }
}

/** Class weights as Keras takes them, as a list. */
function listClassWeights(classWeight: unknown, classes: number): number[] {
  const [byClass] = Array.isArray(classWeight) ? classWeight : [classWeight];
  return Array.from({ length: classes }, (_, index) => (byClass as Record<number, number>)[index] ?? 1);
}

type TensorInputs = Parameters<tf.LayersModel['fit']>[0];

/** A batch as tfjs wants it. */
type KerasBatch = { xs: tf.NamedTensorMap; ys: tf.NamedTensorMap };
