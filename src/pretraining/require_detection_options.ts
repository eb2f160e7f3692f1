import { UsageError } from '../errors';
import { AdamWeightDecay } from '../optimizers/adam_weight_decay';
import { EMBEDDING_SHARINGS } from './embedding_sharing';
import type { ReplacedTokenDetectionOptions } from './replaced_token_detection_pretraining';

/**
 * Refuses options of pre-training that are none or contradict each other, before anything is changed.
 *
 * @throws {UsageError} naming the option.
 */
export function requireDetectionOptions(options: ReplacedTokenDetectionOptions): void {
  const { generator, discriminator, generatorOptimizer, discriminatorOptimizer } = options;
  const { embeddingSharing = 'gdes', lambda = 10 } = options;
  const refuse = (path: string, expected: string, received: unknown, advice: string): UsageError =>
    new UsageError(`Option ${path} of pre-training must be ${expected}, received ${String(received)}; ${advice}.`, {
      path,
      expected,
      received,
    });
  if (!EMBEDDING_SHARINGS.includes(embeddingSharing)) {
    throw refuse('embeddingSharing', `one of ${EMBEDDING_SHARINGS.join(', ')}`, embeddingSharing, 'choose one of them');
  }
  if (!(lambda > 0 && Number.isFinite(lambda))) throw refuse('lambda', 'a number above 0', lambda, 'correct it');
  const classes = { generator: 'TFDebertaV2ForMaskedLM', discriminator: 'TFDebertaV2ForReplacedTokenDetection' };
  for (const [name, expected] of Object.entries(classes)) {
    const { architecture } = { generator, discriminator }[name as keyof typeof classes];
    if (architecture !== expected) throw refuse(name, expected, architecture, 'its head is for another task');
  }
  for (const [name, optimizer] of Object.entries({ generatorOptimizer, discriminatorOptimizer })) {
    if (optimizer instanceof AdamWeightDecay) continue;
    throw refuse(name, 'an AdamWeightDecay', typeof optimizer, 'make one, or call createOptimizer');
  }
  if (generatorOptimizer === discriminatorOptimizer) {
    throw refuse('discriminatorOptimizer', "another object than the generator's", 'the same', 'make two');
  }
  const steps = [generatorOptimizer, discriminatorOptimizer].map(
    ({ options: { accumulationSteps = 1 } }) => accumulationSteps,
  );
  if (steps[0] !== steps[1]) {
    throw refuse(
      'discriminatorOptimizer',
      `one with accumulationSteps ${steps[0]}, as the generator's`,
      steps[1],
      'both make a step of the same batches',
    );
  }
  const sizes = [generator.config.vocabSize, discriminator.config.vocabSize];
  if (sizes[0] !== sizes[1]) {
    throw refuse(
      'discriminator',
      `a model with the generator's vocab_size ${sizes[0]}`,
      sizes[1],
      'both read the same tokens',
    );
  }
}
