import { InputError } from '../errors';
import { eventsToArrive } from './events_to_arrive';
import { requireTrainOptions } from './require_train_options';
import { RunLogs } from './run_logs';
import type { TrainOptions } from './train_options';
import type { LogRecord } from './training_log';
import { type StoppedBy, TrainingRun } from './training_run';
import { type StopWatch, watchForStop } from './watch_for_stop';
import { withLast } from './with_last';

/** How a run of {@link train} went, from its first beginning on. */
export interface TrainResult {
  /** Optimizer steps done. */
  readonly steps: number;
  /** Epochs done whole. */
  readonly epochs: number;
  readonly stoppedBy: StoppedBy;
  /** The best evaluation, with `earlyStopping`. */
  readonly best?: { readonly step: number; readonly value: number };
  /** Every record, without histograms. */
  readonly history: readonly LogRecord[];
}

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
export async function train(options: TrainOptions): Promise<TrainResult> {
  const logs = new RunLogs(options.logs ?? []);
  try {
    requireTrainOptions(options);
    return await runToItsEnd(options, logs);
  } finally {
    await logs.close();
  }
}

async function runToItsEnd(options: TrainOptions, logs: RunLogs): Promise<TrainResult> {
  const stop = watchForStop(options);
  try {
    const run = await TrainingRun.start(options, logs);
    try {
      const stoppedBy = await takeSteps(run, options, stop);
      if (stoppedBy !== 'signal') await run.restoreBest();
      const { step, epoch, best, history } = run.state;
      return { steps: step, epochs: epoch, stoppedBy, ...(best && { best }), history };
    } finally {
      run.dispose();
    }
  } finally {
    stop.release();
  }
}

async function takeSteps(run: TrainingRun, options: TrainOptions, stop: StopWatch): Promise<StoppedBy> {
  try {
    await run.catchUp();
    let stoppedBy = run.stoppedBy ?? (stop.isRequested ? 'signal' : undefined);
    while (stoppedBy === undefined) stoppedBy = await goThroughEpoch(run, options, stop);
    return stoppedBy;
  } catch (error) {
    await run.rescue(error);
    throw error;
  }
}

/** @returns why the run is over, if it is. */
async function goThroughEpoch(
  run: TrainingRun,
  { train: stream }: TrainOptions,
  stop: StopWatch,
): Promise<StoppedBy | undefined> {
  const { epoch, batch: skipped } = run.state;
  let batches = 0;
  let labelled = 0;
  for await (const [batch, isLast] of withLast(stream.batches(epoch, skipped))) {
    batches++;
    labelled += Number(await run.step(batch, isLast));
    await eventsToArrive();
    const stoppedBy = await run.settle(() => stop.isRequested);
    if (stoppedBy !== undefined) return stoppedBy;
  }
  if (batches === 0) {
    throw new InputError(
      `Epoch ${epoch + 1} must have more than ${skipped} batches and has none further; look whether the data have changed.`,
      { expected: skipped + 1, received: skipped },
    );
  }
  // An epoch that was resumed may have had its labels before.
  if (skipped === 0 && labelled === 0) {
    throw new InputError(
      `Epoch ${epoch + 1} must have a label that counts and has none in its ${batches} batches; look at the labels of the data.`,
      { path: 'labels', received: batches },
    );
  }
  return undefined;
}
