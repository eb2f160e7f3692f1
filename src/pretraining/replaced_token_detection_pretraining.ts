import * as tf from '@tensorflow/tfjs';
import { GENERATOR_FOLDER } from '../convert/pytorch/original_reader';
import type { Batch } from '../data/batch';
import { nodeBuiltin } from '../files/node_builtins';
import type { TFDebertaV2ForMaskedLM } from '../models/masked_lm';
import type { SavePretrainedOptions } from '../models/model_options';
import { ModelTrainer, type TrainedModel } from '../models/model_trainer';
import { namedWeight } from '../models/named_weight';
import type { TFDebertaV2PreTrainedModel } from '../models/pretrained_model';
import type { TFDebertaV2ForReplacedTokenDetection } from '../models/replaced_token_detection';
import {
  classificationLoss,
  classificationLossWeight,
  tokenDetectionLoss,
  tokenDetectionLossWeight,
} from '../models/task_losses';
import type { StepLossFunction } from '../models/train_step';
import { lastStepOf, type TrainStepResult } from '../models/train_step_result';
import { IGNORED_LABEL } from '../ops/ignored_label';
import { RandomStream, randomSeed } from '../ops/random_stream';
import { sampleClasses } from '../ops/sample_classes';
import { scale } from '../ops/scale';
import { withoutGradient } from '../ops/without_gradient';
import type { AdamWeightDecay, LastStep } from '../optimizers/adam_weight_decay';
import type { EmbeddingSharing } from './embedding_sharing';
import { type MaskedTokens, maskedTokens, replaceTokens } from './masked_tokens';
import { RedirectedOptimizer } from './redirected_optimizer';
import { requireDetectionOptions } from './require_detection_options';
import { SharedTables } from './shared_tables';

/** Options of {@link ReplacedTokenDetectionPretraining}. */
export interface ReplacedTokenDetectionOptions {
  /** Puts tokens in the places of masked ones; usually of half the discriminator's layers. It need not be compiled. */
  readonly generator: TFDebertaV2ForMaskedLM;
  /** Tells which tokens were put in, and is what is kept in the end. It need not be compiled. */
  readonly discriminator: TFDebertaV2ForReplacedTokenDetection;
  /** Trains the generator. */
  readonly generatorOptimizer: AdamWeightDecay;
  /** Trains the discriminator; another object than the generator's. */
  readonly discriminatorOptimizer: AdamWeightDecay;
  /**
   * How the discriminator gets its embeddings: as the generator's, out of reach of its gradient, plus a delta (`gdes`,
   * the default, as in all v3 models), as the generator's (`es`), or as its own (`none`).
   */
  readonly embeddingSharing?: EmbeddingSharing;
  /**
   * With `gdes`: whether the discriminator's tables are kept at the beginning, the delta being their difference to the
   * generator's. False by default: the delta starts as 0, which is for models that start anew.
   */
  readonly keepTables?: boolean;
  /** What the discriminator's loss is multiplied by, 10 by default as in Microsoft's code; the paper says 50. */
  readonly lambda?: number;
  /** Seed of dropout and of the tokens that are drawn, a 32-bit integer; random by default. */
  readonly seed?: number;
  /** Whether steps are made operation by operation where they could be one graph each; false by default. */
  readonly runEagerly?: boolean;
}

/** What a generator's step gives. */
export interface GeneratorStep extends LastStep {
  /** Mean cross-entropy of the masked tokens; NaN where there are none. */
  readonly loss: number;
  /** The token drawn for each masked one, row by row, `[N]`. */
  readonly sampled: Int32Array;
}

/** What a discriminator's step gives. */
export interface DiscriminatorStep extends LastStep {
  /** Mean binary cross-entropy of the tokens, before it is multiplied. */
  readonly loss: number;
  /** Share of the tokens that it was right about. */
  readonly accuracy: number;
}

/** Masked tokens of a step are padded to a multiple of this, since each number of them has its graph. */
const MASKED_STEP = 32;

/** Numbers of the target of the generator's step for each masked token: text, place in it, original token. */
const TARGET_WIDTH = 3;

/**
 * Pre-training by replaced token detection, as of DeBERTa-v3: a generator learns to guess masked tokens, tokens drawn from
 * its guesses are put in their places, and a discriminator learns to tell which tokens are not the original ones.
 *
 * Steps are decoupled: first the generator and its optimizer, then the discriminator and its own, with tables
 * ({@link SharedTables}) as they are after the generator's step. Nothing of the discriminator's loss reaches the
 * generator, except through a table that both share (`es`), which each optimizer changes in turn.
 *
 * He, Gao and Chen, "DeBERTaV3" (2021), https://arxiv.org/abs/2111.09543; mirrors `RTDTask` of microsoft/DeBERTa
 * (`DeBERTa/apps/tasks/rtd_task.py`) with `--decoupled_training`. (There, with `es`, the discriminator's gradient of the
 * shared table is dropped.)
 *
 * The models must have their final sizes: a vocabulary that is changed later is one that is no longer shared.
 *
 * @throws {UsageError} for options that contradict each other: models of different vocabularies or, where tables are
 *   shared, of different shapes; one optimizer for both; a lambda that is not above 0.
 *
 * @example
 * const pretraining = new ReplacedTokenDetectionPretraining({
 *   generator: new TFDebertaV2ForMaskedLM(generatorConfig(config)),
 *   discriminator: new TFDebertaV2ForReplacedTokenDetection(config),
 *   generatorOptimizer: createOptimizer({ initLr: 5e-4, numTrainSteps: 1000 }),
 *   discriminatorOptimizer: createOptimizer({ initLr: 5e-4, numTrainSteps: 1000 }),
 * });
 * await pretrain({ pretraining, train: batches, maxSteps: 1000 });
 * await pretraining.savePretrained('my-deberta');
 */
export class ReplacedTokenDetectionPretraining {
  readonly generator: TFDebertaV2ForMaskedLM;
  readonly discriminator: TFDebertaV2ForReplacedTokenDetection;
  readonly generatorOptimizer: AdamWeightDecay;
  readonly discriminatorOptimizer: AdamWeightDecay;
  readonly embeddingSharing: EmbeddingSharing;
  readonly lambda: number;
  /** Where all seeds of a step come from. */
  readonly seeds: RandomStream;
  /** The discriminator's tables that come from the generator. */
  readonly tables: SharedTables;
  readonly #generatorTrainer: ModelTrainer;
  readonly #discriminatorTrainer: ModelTrainer;

  constructor(options: ReplacedTokenDetectionOptions) {
    requireDetectionOptions(options);
    const { generator, discriminator, embeddingSharing = 'gdes', keepTables = false, lambda = 10 } = options;
    this.generator = generator;
    this.discriminator = discriminator;
    this.generatorOptimizer = options.generatorOptimizer;
    this.discriminatorOptimizer = options.discriminatorOptimizer;
    this.embeddingSharing = embeddingSharing;
    this.lambda = lambda;
    this.seeds = new RandomStream(options.seed ?? randomSeed());
    this.tables = new SharedTables(embeddingSharing, generator, discriminator, keepTables);

    this.generatorOptimizer.nameWeights(generator.weights.map(namedWeight), generator.config.numHiddenLayers);
    const weights = discriminator.weights.map(namedWeight);
    const targets = weights.map((weight) => this.tables.targetOf(weight));
    this.discriminatorOptimizer.nameWeights(targets, discriminator.config.numHiddenLayers);
    const targetOf = new Map(weights.map(({ variable }, index) => [variable, targets[index]!.variable]));
    const redirected = new RedirectedOptimizer(this.discriminatorOptimizer, (variable) => targetOf.get(variable)!);
    const { runEagerly = false } = options;
    this.#generatorTrainer = trainerOf(generator, {
      lossOf: (data) => this.#guess(data),
      optimizer: this.generatorOptimizer,
      // It has a row for each masked token, wherever that stands.
      labelPadding: 'as they are',
      runsEagerly: runEagerly,
    });
    this.#discriminatorTrainer = trainerOf(discriminator, {
      lossOf: (data) => this.#detect(data),
      optimizer: redirected,
      labelPadding: 'with tokens',
      runsEagerly: runEagerly,
    });
  }

  /**
   * One step of both models.
   *
   * @param batch of `replacedTokenCollator`.
   * @returns `loss`: the generator's plus lambda times the discriminator's; `gradientNorm`: of both gradients together;
   *   `metrics`: `generator_loss`, `discriminator_loss`, `detection_accuracy` (share of tokens that the discriminator
   *   was right about) and `replaced_share` (share of tokens that were not the original ones).
   * @throws {InputError} for a batch without ids or labels of each token.
   */
  async step(batch: Batch): Promise<TrainStepResult> {
    const tokens = this.#maskedTokens(batch);
    const generated = await this.#trainGenerator(tokens);
    const { labels } = replaceTokens(tokens, generated.sampled);
    const detected = await this.#trainDiscriminator(tokens, generated.sampled);
    return {
      loss: generated.loss + this.lambda * detected.loss,
      metrics: {
        generator_loss: generated.loss,
        discriminator_loss: detected.loss,
        detection_accuracy: detected.accuracy,
        replaced_share: labels.filter((label) => label === 1).length / labels.filter((label) => label >= 0).length,
      },
      learningRate: detected.learningRate,
      gradientNorm:
        generated.gradientNorm === undefined || detected.gradientNorm === undefined
          ? undefined
          : Math.hypot(generated.gradientNorm, detected.gradientNorm),
      isUpdate: generated.isUpdate && detected.isUpdate,
      isSkipped: generated.isSkipped || detected.isSkipped,
    };
  }

  /**
   * The first half of a {@link step}: trains the generator, and draws a token for each masked one from what it guessed
   * before.
   *
   * @throws {InputError} as {@link step}.
   */
  async trainGenerator(batch: Batch): Promise<GeneratorStep> {
    return this.#trainGenerator(this.#maskedTokens(batch));
  }

  /**
   * The second half of a {@link step}: trains the discriminator.
   *
   * @param sampled the tokens for the masked ones, as {@link trainGenerator} gave them, or others.
   * @throws {InputError} as {@link step}, or when there are not as many tokens as masked ones.
   */
  async trainDiscriminator(batch: Batch, sampled: ArrayLike<number>): Promise<DiscriminatorStep> {
    return this.#trainDiscriminator(this.#maskedTokens(batch), sampled);
  }

  #maskedTokens(batch: Batch): MaskedTokens {
    return maskedTokens(batch, this.generator.config.vocabSize);
  }

  async #trainGenerator(tokens: MaskedTokens): Promise<GeneratorStep> {
    this.generator.setSeed(this.seeds.nextInteger());
    const { loss, metrics } = runStep(this.#generatorTrainer, tokens, tokens.inputIds, generatorTarget(tokens));
    const [[value], sampled] = await Promise.all([loss.data(), metrics[0]!.data()]);
    tf.dispose([loss, ...metrics]);
    this.tables.refresh();
    return {
      loss: value!,
      sampled: Int32Array.from(sampled.subarray(0, tokens.places.length)),
      ...lastStepOf(this.generatorOptimizer, value!),
    };
  }

  async #trainDiscriminator(tokens: MaskedTokens, sampled: ArrayLike<number>): Promise<DiscriminatorStep> {
    const { inputIds, labels } = replaceTokens(tokens, sampled);
    this.discriminator.setSeed(this.seeds.nextInteger());
    const target = tf.tensor2d(labels, [...tokens.shape], 'int32');
    const { loss, metrics } = runStep(this.#discriminatorTrainer, tokens, inputIds, target);
    const read = await Promise.all([loss, ...metrics].map((scalar) => scalar.data()));
    const [value, plain, accuracy] = read.map(([number]) => number);
    tf.dispose([loss, ...metrics]);
    this.tables.refresh();
    return { loss: plain!, accuracy: accuracy!, ...lastStepOf(this.discriminatorOptimizer, value!) };
  }

  /** Loss of the generator, and a token for each masked one. */
  #guess({ inputs, target }: Parameters<StepLossFunction>[0]): ReturnType<StepLossFunction> {
    const [input_ids, attention_mask] = inputs as [tf.Tensor, tf.Tensor];
    const rows = target.shape[0]!;
    const maskPositions = tf.slice(target, [0, 0], [rows, 2]) as tf.Tensor2D;
    const labels = tf.reshape(tf.slice(target, [0, 2], [rows, 1]), [rows]);
    const logits = this.generator.forward({ input_ids, attention_mask }, { training: true, maskPositions })
      .logits as tf.Tensor2D;
    const sampled = withoutGradient(() => sampleClasses(logits, this.generator.deberta.seeds.nextInteger()));
    return { loss: classificationLoss(labels, logits), weight: classificationLossWeight(labels), metrics: [sampled] };
  }

  /** Loss of the discriminator times lambda; the loss itself, and the share of tokens that it is right about. */
  #detect({ inputs, target }: Parameters<StepLossFunction>[0]): ReturnType<StepLossFunction> {
    const [input_ids, attention_mask] = inputs as [tf.Tensor, tf.Tensor];
    const { logits } = this.discriminator.forward({ input_ids, attention_mask }, { training: true });
    const loss = tokenDetectionLoss(target, logits);
    const accuracy = withoutGradient(() => detectionAccuracy(target, logits));
    return { loss: scale(loss, this.lambda), weight: tokenDetectionLossWeight(target), metrics: [loss, accuracy] };
  }

  /**
   * Writes two ordinary checkpoints: the discriminator's into a folder, whole tables and all, and the generator's into
   * its subfolder `generator`.
   *
   * @throws {OutputError} when the folder cannot be written; no half-written file stays.
   *
   * @example
   * await pretraining.savePretrained('my-deberta');
   * const model = await TFDebertaV2ForSequenceClassification.fromPretrained('my-deberta', { numLabels: 2 });
   */
  async savePretrained(folder: string, options: SavePretrainedOptions = {}): Promise<void> {
    await this.generator.savePretrained(nodeBuiltin('node:path').join(folder, GENERATOR_FOLDER), options);
    await this.discriminator.savePretrained(folder, options);
  }

  /** Releases the deltas and what the steps keep; models and optimizers stay the caller's. */
  dispose(): void {
    this.#generatorTrainer.dispose();
    this.#discriminatorTrainer.dispose();
    this.tables.dispose();
  }
}

function trainerOf(
  model: TFDebertaV2PreTrainedModel,
  options: Pick<TrainedModel, 'lossOf' | 'optimizer' | 'labelPadding' | 'runsEagerly'>,
): ModelTrainer {
  return new ModelTrainer({
    ...options,
    weights: () => model.weights.map((weight) => weight.read() as tf.Variable),
    trainable: () => model.trainableWeights.map((weight) => weight.read() as tf.Variable),
    seeds: model.deberta.seeds,
    longest: model.deberta.embeddings.longest,
    variant: () => String(model.deberta.encoder.gradientCheckpointing),
  });
}

function runStep(trainer: ModelTrainer, { shape, attentionMask }: MaskedTokens, ids: Int32Array, target: tf.Tensor) {
  const inputs = [ids, attentionMask].map((values) => tf.tensor2d(values, [...shape], 'int32'));
  try {
    return trainer.run({ inputs, target });
  } finally {
    tf.dispose([...inputs, target]);
  }
}

/** Text, place in it and original of each masked token, `[N, 3]`, and rows that do not count after them. */
function generatorTarget({ shape: [, length], places, originals }: MaskedTokens): tf.Tensor2D {
  const rows = Math.max(1, Math.ceil(places.length / MASKED_STEP)) * MASKED_STEP;
  const values = new Int32Array(rows * TARGET_WIDTH);
  for (let row = 0; row < rows; row++) {
    const place = places[row] ?? 0;
    values.set([Math.floor(place / length), place % length, originals[row] ?? IGNORED_LABEL], row * TARGET_WIDTH);
  }
  return tf.tensor2d(values, [rows, TARGET_WIDTH], 'int32');
}

/** Share of the labels that count and are on the side of 0 that the score is on. */
function detectionAccuracy(labels: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  return tf.tidy(() => {
    const counted = tf.cast(tf.greaterEqual(labels, 0), 'float32');
    const hits = tf.cast(tf.equal(tf.cast(tf.greater(logits, 0), 'int32'), labels), 'float32');
    return tf.div(tf.sum(tf.mul(hits, counted)), tf.sum(counted));
  });
}
