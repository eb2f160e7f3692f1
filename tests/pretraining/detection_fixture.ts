import * as tf from '@tensorflow/tfjs';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import type { Batch } from '../../src/data/batch';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import { namedWeight } from '../../src/models/named_weight';
import { TFDebertaV2ForReplacedTokenDetection } from '../../src/models/replaced_token_detection';
import { AdamWeightDecay } from '../../src/optimizers/adam_weight_decay';
import type { EmbeddingSharing } from '../../src/pretraining/embedding_sharing';
import { generatorConfig } from '../../src/pretraining/generator_config';
import { ReplacedTokenDetectionPretraining } from '../../src/pretraining/replaced_token_detection_pretraining';
import { deterministicModel, deterministicValues } from '../harness/deterministic_weights';
import { readFixture } from '../models/cases';

/** What the reference made of a configuration and a way to share embeddings. */
export interface DetectionFixture {
  readonly config: Record<string, unknown>;
  readonly discriminator_layers: number;
  readonly generator_layers: number;
  readonly embedding_sharing: EmbeddingSharing;
  readonly lambda: number;
  readonly learning_rate: number;
  readonly inputs: { readonly input_ids: number[][]; readonly attention_mask: number[][] };
  readonly labels: number[][];
  readonly generator_logits: number[][];
  readonly replaced_ids: number[][];
  readonly replaced_labels: number[][];
  readonly discriminator_logits: number[][];
  /** Losses at the weights of the beginning. */
  readonly generator_loss: number;
  readonly discriminator_loss: number;
  /** Each after the step before; the discriminator's after the generator's step, too. */
  readonly steps: ReadonlyArray<{
    readonly sampled: number[];
    readonly generator_loss: number;
    readonly discriminator_loss: number;
  }>;
}

/** Names of the fixtures. */
export const DETECTION_FIXTURES = [
  'enhanced_gdes',
  'enhanced_es',
  'enhanced_none',
  'position_biased_gdes',
  'position_biased_es',
] as const;

/** Reads a fixture of {@link DETECTION_FIXTURES}. */
export function readDetection(name: (typeof DETECTION_FIXTURES)[number]): DetectionFixture {
  return readFixture<DetectionFixture>('pretraining', `${name}.json`);
}

/** Both models with the fixture's weights, ready to be trained by the optimizers. */
export function pretrainingOf(
  { config: json, ...fixture }: DetectionFixture,
  optimizers: readonly [generator: AdamWeightDecay, discriminator: AdamWeightDecay],
): ReplacedTokenDetectionPretraining {
  const config = DebertaV2Config.fromJSON(json).with({ numHiddenLayers: fixture.discriminator_layers });
  const generator = deterministicModel(TFDebertaV2ForMaskedLM, generatorConfig(config, fixture.generator_layers));
  const discriminator = deterministicModel(TFDebertaV2ForReplacedTokenDetection, config);
  const embeddingSharing = fixture.embedding_sharing;
  if (embeddingSharing === 'gdes') addDeltas(generator, discriminator);
  return new ReplacedTokenDetectionPretraining({
    generator,
    discriminator,
    generatorOptimizer: optimizers[0],
    discriminatorOptimizer: optimizers[1],
    embeddingSharing,
    keepTables: true,
    lambda: fixture.lambda,
    seed: 1,
  });
}

/** Makes the discriminator's tables those of the generator and the fixture's deltas. */
function addDeltas(generator: TFDebertaV2ForMaskedLM, discriminator: TFDebertaV2ForReplacedTokenDetection): void {
  const bases = new Map(generator.weights.map(namedWeight).map(({ path, variable }) => [path, variable]));
  for (const { path, variable } of discriminator.weights.map(namedWeight)) {
    const table = /embeddings\/((?:word|position)_embeddings)\//.exec(path)?.[1];
    if (table === undefined) continue;
    const name = `deberta.embeddings.${table}._weight`;
    const values = deterministicValues(name, tf.util.sizeFromShape(variable.shape));
    tf.tidy(() => variable.assign(tf.add(bases.get(path)!, tf.tensor(values, variable.shape))));
  }
}

/** The fixture's batch. */
export function batchOf({ inputs, labels }: DetectionFixture): Batch {
  const shape = [labels.length, labels[0]!.length];
  const array = (rows: number[][]) => ({ values: Int32Array.from(rows.flat()), shape });
  const xs = { input_ids: array(inputs.input_ids), attention_mask: array(inputs.attention_mask) };
  const tokens = inputs.attention_mask.flat().filter((real) => real === 1).length;
  return { xs, ys: { labels: array(labels) }, size: labels.length, tokens };
}

/** Keeps the gradients of a step and changes nothing. */
export class GradientRecorder extends AdamWeightDecay {
  /** By variables. */
  readonly gradients = new Map<tf.Variable, tf.Tensor>();

  override planStep(variables: readonly tf.Variable[]): ReturnType<AdamWeightDecay['planStep']> {
    return {
      ...super.planStep(variables),
      finish: (combined) => {
        for (const [index, variable] of variables.entries()) {
          this.gradients.set(variable, tf.keep(tf.clone(combined[index]!)));
        }
      },
    };
  }
}
