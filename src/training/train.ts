import { ModelTrainee } from './model_trainee';
import { requireTrainOptions } from './require_train_options';
import { runTraining, type TrainResult } from './run_training';
import type { TrainOptions } from './train_options';

/**
 * Trains a model: epochs of batches, evaluations on the way, early stopping, checkpoints, and records for logs.
 *
 * A run that was killed at any moment and is resumed ends with the same weights, bit for bit, as one that never was, if
 * it goes on with the same backend and `AdamWeightDecay`: a checkpoint holds weights, the optimizer's state, dropout's
 * generator and the place in the data, and has its name only when it is whole. (Adam of tfjs does not save all of its
 * state; with it a resumed run is the same within rounding.) A checkpoint `checkpoint-<step>` is a model for
 * `fromPretrained` too.
 *
 * When the run is over the model has the best weights, with `earlyStopping`, else the last. A run that is asked to stop
 * leaves the last ones. Where a checkpoint cannot be written the run goes on with a warning, unless it was the last or
 * the best one. An error of the data, the evaluation or a step passes, when what has been done is saved.
 *
 * A batch of which no label counts has no loss: records count it and leave it out. So they do with a batch whose loss or
 * gradient is not finite. Where several batches make a step, those left over at the end of the run make none.
 *
 * @throws {UsageError} for options that cannot be carried out, a model that is not compiled, or a run that has gone
 *   astray (`maxSkippedSteps`).
 * @throws {CheckpointError} when there is nothing to resume from, it is damaged, or it belongs to a run of another
 *   model, optimizer or data; {@link OutputError} when nothing can be written; {@link InputError} for data that are
 *   empty, have no labels, or do not fit the model.
 *
 * @example
 * model.compile({ optimizer: createOptimizer({ initLr: 2e-5, numTrainSteps: 900, numWarmupSteps: 90 }) });
 * const { stoppedBy, best } = await train({
 *   model,
 *   train: batches,
 *   epochs: 3,
 *   evaluation: { evaluate: async (model) => ({ f1: await measure(model) }), everySteps: 100 },
 *   earlyStopping: { metric: 'f1', mode: 'max' },
 *   outputDir: 'runs/spam',
 *   resume: 'auto',
 *   handleSignals: true,
 * });
 */
export function train(options: TrainOptions): Promise<TrainResult> {
  return runTraining(options, () => {
    requireTrainOptions(options);
    return new ModelTrainee(options.model);
  });
}
