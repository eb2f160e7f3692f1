import { join } from 'node:path';
import { isLowerBetter } from '../../metrics/task_metrics';
import { checkpointName } from '../../training/checkpoints/checkpoint_name';
import { readOptimizerState } from '../../training/checkpoints/optimizer_state';
import type { TrainResult } from '../../training/run_training';
import { train } from '../../training/train';
import type { TrainOptions } from '../../training/train_options';
import type { TrainingLog } from '../../training/training_log';
import type { CliIo } from '../cli_io';
import { withAverages } from './averaged_weights';
import type { KnownRun } from './run_settings';
import type { TrainFlags } from './train_flags';
import { untilInterrupted } from './until_interrupted';

/** What a run writes beside its checkpoints. */
export interface RunOutputs {
  readonly logs: readonly TrainingLog[];
  /** Adds to a checkpoint what makes it a model that can be used. */
  readonly complete: (folder: string) => Promise<void>;
}

/**
 * Makes the run, to its end.
 *
 * @returns how it went; the model has the weights that are to be saved, but for running means.
 * @throws {EndWith} with the exit code of an interruption, when the user stops it; what was done is saved.
 */
export async function trainModel(
  flags: TrainFlags,
  run: KnownRun,
  { logs, complete }: RunOutputs,
  io: CliIo,
): Promise<TrainResult> {
  const { model, prepared } = run;
  const result = await untilInterrupted(flags.output, io, () =>
    train({
      model,
      train: prepared.train,
      epochs: flags.epochs,
      ...(flags.maxSteps !== undefined && { maxSteps: flags.maxSteps }),
      ...evaluationOf(flags, run),
      outputDir: flags.output,
      ...(flags.saveSteps !== undefined && { saveEverySteps: flags.saveSteps }),
      keepLast: flags.saveTotalLimit,
      onSave: complete,
      resume: flags.resume ?? false,
      logEverySteps: flags.loggingSteps,
      logs,
      ...(flags.histogramSteps !== undefined && { histogramEverySteps: flags.histogramSteps }),
      signal: io.signal,
    }),
  );
  await restoreBestAverages(flags, run, result);
  return result;
}

function evaluationOf(
  { evalSteps, earlyStopping: patience = Number.POSITIVE_INFINITY, restoreBest }: TrainFlags,
  { prepared: { evaluate }, metric }: KnownRun,
): Pick<TrainOptions, 'evaluation' | 'earlyStopping' | 'restoreBest'> {
  if (evaluate === undefined || metric === undefined) return {};
  return {
    evaluation: {
      evaluate: (model) => withAverages(model, () => evaluate(model)),
      ...(evalSteps !== undefined && { everySteps: evalSteps }),
    },
    earlyStopping: { metric, mode: isLowerBetter(metric) ? 'min' : 'max', patience },
    restoreBest,
  };
}

/** Running means are the optimizer's: those of the best weights lie beside them. */
async function restoreBestAverages(
  { ema, output, restoreBest }: TrainFlags,
  { model }: KnownRun,
  { best, steps }: TrainResult,
): Promise<void> {
  if (ema === undefined || !restoreBest || best === undefined || best.step === steps) return;
  await readOptimizerState(join(output, checkpointName(best.step)), model.optimizer);
}
