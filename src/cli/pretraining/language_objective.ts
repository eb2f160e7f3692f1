import type { DebertaV2Config } from '../../config/deberta_v2_config';
import { maskedLMCollator } from '../../data/collators/masked_lm_collator';
import { UsageError } from '../../errors';
import { TFDebertaV2ForMaskedLM } from '../../models/masked_lm';
import { generatorConfig } from '../../pretraining/generator_config';
import type { DebertaV2TokenizerFast } from '../../tokenization/deberta_v2_tokenizer_fast';
import { evaluateMaskedLanguageModel } from '../../training/evaluation/evaluate_masked_language_model';
import { train } from '../../training/train';
import type { CliIo } from '../cli_io';
import { makeOptimizer } from '../training/training_optimizer';
import { everySteps } from './every_steps';
import { initialModel, requireHead } from './initial_model';
import type { PretrainFlags } from './pretrain_flags';
import type { PretrainingObjective } from './pretraining_objective';
import type { PretrainingTexts } from './pretraining_texts';

/** Options that say nothing where there is one model. */
const OF_DETECTION = [
  ['generatorLayers', '--generator-layers'],
  ['embeddingSharing', '--embedding-sharing'],
  ['rtdLambda', '--rtd-lambda'],
  ['initDiscriminator', '--init-discriminator'],
  ['discriminatorLearningRate', '--discriminator-learning-rate'],
] as const;

/**
 * Masked language modelling, as of DeBERTa-v2: words and n-grams of words, 80 % masked, 10 % replaced, 10 % kept, and the
 * enhanced mask decoder where positions are not part of the input.
 *
 * @throws {UsageError} for options of the other objective; {@link CheckpointError} for a checkpoint to start from that
 *   has no masked-LM head.
 */
export async function languageObjective(
  flags: PretrainFlags,
  config: DebertaV2Config,
  tokenizer: DebertaV2TokenizerFast,
  texts: PretrainingTexts,
  io: CliIo,
): Promise<PretrainingObjective> {
  const foreign = OF_DETECTION.find(([name]) => flags[name] !== undefined);
  if (foreign !== undefined) {
    throw new UsageError(`Option ${foreign[1]} is for --objective rtd; leave it out, or choose that objective.`, {
      path: foreign[1],
    });
  }
  const { steps, seed, batchSize, mlmProbability, maxNgram = 3, wholeWordMask: wholeWord = false } = flags;
  const model = await initialModel(
    TFDebertaV2ForMaskedLM,
    flags.initGenerator,
    { config: generatorConfig(config, config.numHiddenLayers), seed },
    flags,
    io,
  );
  if (flags.initGenerator !== undefined) requireHead(model, '--init-generator', flags.initGenerator);
  if (flags.gradientCheckpointing) model.gradientCheckpointingEnable();
  model.compile({ optimizer: makeOptimizer(flags, flags.learningRate, steps), runEagerly: flags.eager ?? false });
  const collator = maskedLMCollator({ tokenizer, mlmProbability, maxNgram, wholeWord });
  const evaluate = () => evaluateMaskedLanguageModel(model, texts.heldOut, { collator, batchSize, signal: io.signal });
  return {
    settings: { parameters: model.numParameters(), max_ngram: maxNgram, whole_word_mask: wholeWord || maxNgram > 1 },
    architecture: model.architecture,
    folders: [''],
    run: (options) =>
      train({
        ...options,
        model,
        train: texts.batches(collator),
        ...(texts.heldOut.length > 0 && { evaluation: { evaluate, everySteps: everySteps(flags, flags.evalSteps) } }),
      }),
    save: (folder) => model.savePretrained(folder, { format: 'safetensors' }),
    dispose() {
      model.optimizer.dispose();
      model.dispose();
    },
  };
}
