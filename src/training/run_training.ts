import { InputError } from '../errors';
import { eventsToArrive } from './events_to_arrive';
import { RunLogs } from './run_logs';
import type { RunOptions } from './train_options';
import type { Trainee } from './trainee';
import type { LogRecord } from './training_log';
import { type StoppedBy, TrainingRun } from './training_run';
import { type StopWatch, watchForStop } from './watch_for_stop';
import { withLast } from './with_last';

/** How a run went, from its first beginning on. */
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
 * The loop behind `train`, for whatever is to be trained.
 *
 * @param prepare checks the options and makes the trainee; logs are closed whatever it throws.
 */
export async function runTraining<Model>(
  options: RunOptions<Model>,
  prepare: () => Trainee<Model>,
): Promise<TrainResult> {
  const logs = new RunLogs(options.logs ?? []);
  try {
    return await runToItsEnd(prepare(), options, logs);
  } finally {
    await logs.close();
  }
}

async function runToItsEnd<Model>(
  trainee: Trainee<Model>,
  options: RunOptions<Model>,
  logs: RunLogs,
): Promise<TrainResult> {
  const stop = watchForStop(options);
  try {
    const run = await TrainingRun.start(trainee, options, logs);
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

async function takeSteps<Model>(
  run: TrainingRun<Model>,
  options: RunOptions<Model>,
  stop: StopWatch,
): Promise<StoppedBy> {
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
async function goThroughEpoch<Model>(
  run: TrainingRun<Model>,
  { train: stream }: RunOptions<Model>,
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
