import * as tf from '@tensorflow/tfjs';
import type { LoraOptions } from '../../src/adapters/lora_options';
import type { Batch } from '../../src/data/batch';
import type { BatchStream } from '../../src/data/batch_stream';
import { deriveSeed } from '../../src/data/derive_seed';
import type { TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { IGNORED_LABEL } from '../../src/ops/ignored_label';
import { RandomStream } from '../../src/ops/random_stream';
import { AdamWeightDecay, type AdamWeightDecayOptions } from '../../src/optimizers/adam_weight_decay';
import { linearSchedule } from '../../src/optimizers/schedules';
import type { TrainOptions } from '../../src/training/train_options';
import { digestOf } from '../convert/support';
import { tinyConfig } from '../layers/tiny_config';

const LENGTH = 6;
const MASK = 10;

/** What a {@link toyStream} is made of. */
export interface ToyData {
  readonly seed?: number;
  readonly batchSize?: number;
  readonly batches?: number;
  /** Numbers of batches (counted from 0, in every epoch) whose labels do not count. */
  readonly unlabelled?: readonly number[];
  /** Called before a batch is given. */
  readonly onBatch?: (epoch: number, batch: number) => void;
}

/**
 * Texts of random tokens; the label says whether the first token is one of the upper half. Examples are drawn anew for
 * every batch, and tokens masked, by seeds as a collator for masked language modelling has them.
 */
export function toyStream(data: ToyData = {}): BatchStream {
  const { seed = 3, batchSize = 2, batches = 5, unlabelled = [], onBatch } = data;
  return {
    batchesPerEpoch: batches,
    async *batches(epoch, skip = 0) {
      for (let index = skip; index < batches; index++) {
        onBatch?.(epoch, index);
        yield toyBatch(deriveSeed(seed, epoch, index), batchSize, !unlabelled.includes(index));
      }
    },
  };
}

function toyBatch(seed: number, size: number, isLabelled: boolean): Batch {
  const random = new RandomStream(seed);
  const below = (limit: number) => Math.floor(random.next() * limit);
  const rows = Array.from({ length: size }, () => Array.from({ length: LENGTH }, () => 1 + below(MASK - 1)));
  const labels = rows.map(([first]) => (isLabelled ? Number(first! > MASK / 2) : IGNORED_LABEL));
  const masked = rows.map((row) => row.map((token, place) => (place > 0 && random.next() < 0.15 ? MASK : token)));
  return {
    xs: {
      input_ids: { values: Int32Array.from(masked.flat()), shape: [size, LENGTH] },
      attention_mask: { values: new Int32Array(size * LENGTH).fill(1), shape: [size, LENGTH] },
    },
    ys: { labels: { values: Int32Array.from(labels), shape: [size] } },
    size,
    tokens: size * LENGTH,
  };
}

/** A model with dropout everywhere, ready to be trained. */
export function toyModel(optimizer: tf.Optimizer = toyOptimizer()): TFDebertaV2ForSequenceClassification {
  const config = tinyConfig({
    numHiddenLayers: 1,
    maxPositionEmbeddings: 16,
    convKernelSize: 0,
    hiddenDropoutProb: 0.1,
    attentionProbsDropoutProb: 0.1,
    poolerDropout: 0.1,
    problemType: 'single_label_classification',
  });
  const model = new TFDebertaV2ForSequenceClassification(config, { seed: 7 });
  model.compile({ optimizer });
  return model;
}

/** The same with LoRA and its dropout. */
export function adaptedToyModel(options: LoraOptions = {}): TFDebertaV2ForSequenceClassification {
  const model = toyModel();
  model.addLora({ rank: 2, dropout: 0.1, targets: ['query_proj', 'key_proj', 'dense'], ...options });
  model.compile({ optimizer: toyOptimizer() });
  return model;
}

/** With everything on that has a state: moments, a schedule, sums of gradients. */
export function toyOptimizer(options: AdamWeightDecayOptions = {}): AdamWeightDecay {
  return new AdamWeightDecay({
    learningRate: linearSchedule({ peak: 0.02, totalSteps: 12, warmupSteps: 2 }),
    weightDecayRate: 0.01,
    clipNorm: 1,
    accumulationSteps: 2,
    ...options,
  });
}

/** Loss on held-out examples. */
export async function toyEvaluate(model: TFDebertaV2PreTrainedModel): Promise<{ loss: number }> {
  const { xs, ys } = toyBatch(99, 8, true);
  const loss = tf.tidy(() => {
    const tensors = Object.entries({ ...xs, ...ys }).map(([name, { values, shape }]) => {
      return [name, tf.tensor(values, [...shape], 'int32')] as const;
    });
    return (model.forward(Object.fromEntries(tensors) as never) as { loss: tf.Scalar }).loss;
  });
  const [value] = await loss.data();
  loss.dispose();
  return { loss: value! };
}

/** Three epochs of five batches, two of which make a step: 7 steps, and a batch that is left over. */
export function toyRun(changes: Partial<TrainOptions> = {}): TrainOptions {
  return {
    model: toyModel(),
    train: toyStream(),
    epochs: 3,
    evaluation: { evaluate: toyEvaluate, everySteps: 2 },
    earlyStopping: { metric: 'loss', mode: 'min', patience: Number.POSITIVE_INFINITY },
    saveEverySteps: 2,
    ...changes,
  };
}

/** A digest of the bits of each weight, by its name. */
export function weightBits(model: TFDebertaV2PreTrainedModel): Record<string, string> {
  return Object.fromEntries(model.weights.map((weight) => [weight.originalName, digestOf(weight.read().dataSync())]));
}
