import { requireRunOptions } from '../training/require_train_options';
import { runTraining, type TrainResult } from '../training/run_training';
import type { RunOptions } from '../training/train_options';
import type { ReplacedTokenDetectionPretraining } from './replaced_token_detection_pretraining';
import { ReplacedTokenTrainee } from './replaced_token_trainee';

/** Options of {@link pretrain}: those of `train`, with two models in the place of one. */
export interface PretrainOptions extends RunOptions<ReplacedTokenDetectionPretraining> {
  /** Both models, with their optimizers. */
  readonly pretraining: ReplacedTokenDetectionPretraining;
}

/**
 * Pre-trains by replaced token detection: the loop of `train`, with its evaluations, checkpoints, logs, and resuming bit
 * by bit.
 *
 * A checkpoint holds the discriminator, its embeddings as differences to the generator's under the names that
 * microsoft/DeBERTa has for them (with `gdes`), and in its folder `generator` the generator. `fromPretrained` reads both,
 * the discriminator with whole tables. Pre-training by masked language modelling alone is `train` of a
 * `TFDebertaV2ForMaskedLM`.
 *
 * @throws as `train`.
 *
 * @example
 * await pretrain({ pretraining, train: batches, maxSteps: 10_000, outputDir: 'runs/small', resume: 'auto' });
 * await pretraining.savePretrained('my-deberta');
 */
export function pretrain(options: PretrainOptions): Promise<TrainResult> {
  return runTraining(options, () => {
    requireRunOptions(options);
    return new ReplacedTokenTrainee(options.pretraining);
  });
}
