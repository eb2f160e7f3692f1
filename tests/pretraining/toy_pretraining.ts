import type { DebertaV2ConfigInput } from '../../src/config/config_schema';
import type { Batch } from '../../src/data/batch';
import type { BatchStream } from '../../src/data/batch_stream';
import { deriveSeed } from '../../src/data/derive_seed';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import { TFDebertaV2ForReplacedTokenDetection } from '../../src/models/replaced_token_detection';
import { IGNORED_LABEL } from '../../src/ops/ignored_label';
import { RandomStream } from '../../src/ops/random_stream';
import { AdamWeightDecay, type AdamWeightDecayOptions } from '../../src/optimizers/adam_weight_decay';
import { linearSchedule } from '../../src/optimizers/schedules';
import { generatorConfig } from '../../src/pretraining/generator_config';
import {
  type ReplacedTokenDetectionOptions,
  ReplacedTokenDetectionPretraining,
} from '../../src/pretraining/replaced_token_detection_pretraining';
import { tinyConfig } from '../layers/tiny_config';

/** Of the models of these tests, which are the smallest that have everything. */
export const toyConfig = (changes: DebertaV2ConfigInput = {}) =>
  tinyConfig({
    positionBiasedInput: false,
    typeVocabSize: 0,
    convKernelSize: 0,
    maxPositionEmbeddings: 16,
    hiddenDropoutProb: 0.1,
    attentionProbsDropoutProb: 0.1,
    ...changes,
  });

/** With everything on that has a state. */
export function toyOptimizer(options: AdamWeightDecayOptions = {}): AdamWeightDecay {
  return new AdamWeightDecay({
    learningRate: linearSchedule({ peak: 0.02, totalSteps: 12, warmupSteps: 2 }),
    weightDecayRate: 0.01,
    clipNorm: 1,
    ...options,
  });
}

/** Both models with their optimizers, always the same. */
export function toyPretraining(
  options: Partial<ReplacedTokenDetectionOptions> = {},
  config = toyConfig(),
): ReplacedTokenDetectionPretraining {
  return new ReplacedTokenDetectionPretraining({
    generator: new TFDebertaV2ForMaskedLM(generatorConfig(config), { seed: 1 }),
    discriminator: new TFDebertaV2ForReplacedTokenDetection(config, { seed: 2 }),
    generatorOptimizer: toyOptimizer(),
    discriminatorOptimizer: toyOptimizer(),
    seed: 3,
    ...options,
  });
}

const LENGTH = 8;
const MASK = 10;

/** Texts that count up from a random number, 1 to 9 and over again, two tokens of each masked. */
export function toyBatch(seed: number, size = 4): Batch {
  const random = new RandomStream(seed);
  const below = (limit: number) => Math.floor(random.next() * limit);
  const ids: number[] = [];
  const labels: number[] = [];
  for (let text = 0; text < size; text++) {
    const start = below(9);
    const row = Array.from({ length: LENGTH }, (_, place) => 1 + ((start + place) % 9));
    const masked = new Set([1 + below(LENGTH - 1), 1 + below(LENGTH - 1)]);
    ids.push(...row.map((id, place) => (masked.has(place) ? MASK : id)));
    labels.push(...row.map((id, place) => (masked.has(place) ? id : IGNORED_LABEL)));
  }
  const array = (values: number[]) => ({ values: Int32Array.from(values), shape: [size, LENGTH] });
  return {
    xs: { input_ids: array(ids), attention_mask: array(ids.map(() => 1)) },
    ys: { labels: array(labels) },
    size,
    tokens: ids.length,
  };
}

/** Batches of {@link toyBatch}, drawn anew for each epoch. */
export function toyBatches(batches = 3, onBatch?: () => void): BatchStream {
  return {
    batchesPerEpoch: batches,
    async *batches(epoch, skip = 0) {
      for (let index = skip; index < batches; index++) {
        onBatch?.();
        yield toyBatch(deriveSeed(5, epoch, index));
      }
    },
  };
}
