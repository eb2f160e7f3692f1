import type { DebertaV2Config } from '../../config/deberta_v2_config';
import { GENERATOR_FOLDER } from '../../convert/pytorch/original_reader';
import { replacedTokenCollator } from '../../data/collators/replaced_token_collator';
import { featureBatches } from '../../data/feature_batches';
import { CheckpointError } from '../../errors';
import { TFDebertaV2ForMaskedLM } from '../../models/masked_lm';
import { TFDebertaV2ForReplacedTokenDetection } from '../../models/replaced_token_detection';
import { evaluateReplacedTokenDetection } from '../../pretraining/evaluate_replaced_token_detection';
import { generatorConfig } from '../../pretraining/generator_config';
import { pretrain } from '../../pretraining/pretrain';
import { ReplacedTokenDetectionPretraining } from '../../pretraining/replaced_token_detection_pretraining';
import type { DebertaV2TokenizerFast } from '../../tokenization/deberta_v2_tokenizer_fast';
import type { CliIo } from '../cli_io';
import { makeOptimizer } from '../training/training_optimizer';
import { everySteps } from './every_steps';
import { initialModel, requireHead } from './initial_model';
import type { PretrainFlags } from './pretrain_flags';
import type { PretrainingObjective } from './pretraining_objective';
import type { PretrainingTexts } from './pretraining_texts';

/**
 * Replaced token detection, as of DeBERTa-v3.
 *
 * @throws {CheckpointError} for checkpoints to start from that lack the head, or are of the other model; what
 *   {@link ReplacedTokenDetectionPretraining} throws.
 */
export async function detectionObjective(
  flags: PretrainFlags,
  config: DebertaV2Config,
  tokenizer: DebertaV2TokenizerFast,
  texts: PretrainingTexts,
  io: CliIo,
): Promise<PretrainingObjective> {
  const { steps, seed, batchSize, mlmProbability, maxNgram = 1, wholeWordMask: wholeWord = false } = flags;
  const { generator, discriminator } = await initialModels(flags, config, io);
  const { learningRate, discriminatorLearningRate = learningRate } = flags;
  const pretraining = new ReplacedTokenDetectionPretraining({
    generator,
    discriminator,
    generatorOptimizer: makeOptimizer(flags, learningRate, steps),
    discriminatorOptimizer: makeOptimizer(flags, discriminatorLearningRate, steps),
    embeddingSharing: flags.embeddingSharing ?? 'gdes',
    keepTables: flags.initDiscriminator !== undefined,
    lambda: flags.rtdLambda ?? 10,
    seed,
    runEagerly: flags.eager ?? false,
  });
  const collator = replacedTokenCollator({ tokenizer, mlmProbability, maxNgram, wholeWord });
  const evaluate = () => {
    const batches = featureBatches(texts.heldOut, collator, { batchSize, shuffle: false });
    return evaluateReplacedTokenDetection(pretraining, batches.batches(0));
  };
  return {
    settings: {
      parameters: discriminator.numParameters(),
      generator_parameters: generator.numParameters(),
      generator_layers: generator.config.numHiddenLayers,
      embedding_sharing: pretraining.embeddingSharing,
      rtd_lambda: pretraining.lambda,
      discriminator_learning_rate: discriminatorLearningRate,
      max_ngram: maxNgram,
      whole_word_mask: wholeWord || maxNgram > 1,
    },
    architecture: discriminator.architecture,
    folders: ['', GENERATOR_FOLDER],
    run: (options) =>
      pretrain({
        ...options,
        pretraining,
        train: texts.batches(collator),
        ...(texts.heldOut.length > 0 && { evaluation: { evaluate, everySteps: everySteps(flags, flags.evalSteps) } }),
      }),
    save: (folder) => pretraining.savePretrained(folder, { format: 'safetensors' }),
    dispose() {
      pretraining.dispose();
      for (const optimizer of [pretraining.generatorOptimizer, pretraining.discriminatorOptimizer]) optimizer.dispose();
      for (const model of [generator, discriminator]) model.dispose();
    },
  };
}

async function initialModels(flags: PretrainFlags, config: DebertaV2Config, io: CliIo) {
  const { seed, initGenerator, initDiscriminator, generatorLayers } = flags;
  const generator = await initialModel(
    TFDebertaV2ForMaskedLM,
    initGenerator,
    { config: generatorConfig(config, generatorLayers), seed },
    flags,
    io,
  );
  if (initGenerator !== undefined) requireHead(generator, '--init-generator', initGenerator);
  const discriminator = await initialModel(
    TFDebertaV2ForReplacedTokenDetection,
    initDiscriminator,
    { config, seed: (seed + 1) % 2 ** 32 },
    flags,
    io,
  );
  if (initDiscriminator !== undefined) refuseLanguageModel(discriminator, initDiscriminator);
  for (const model of [generator, discriminator]) if (flags.gradientCheckpointing) model.gradientCheckpointingEnable();
  return { generator, discriminator };
}

/**
 * An encoder without head gets a new one, with a warning; one with the generator's head alone is the wrong file. Published
 * discriminators hold the generator's head beside their own.
 */
function refuseLanguageModel(
  { loadingInfo: { missingKeys, unexpectedKeys } }: TFDebertaV2ForReplacedTokenDetection,
  place: string,
): void {
  if (missingKeys.length === 0) return;
  const [received] = unexpectedKeys.filter((name) => /^(lm_predictions|cls\.predictions)\./.test(name));
  if (received === undefined) return;
  throw new CheckpointError(
    `${place}, given by --init-discriminator, must be a discriminator or an encoder, and holds ${received}, the head of a generator; give it by --init-generator.`,
    { path: '--init-discriminator', received },
  );
}
