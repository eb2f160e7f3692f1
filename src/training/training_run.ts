import type { Batch } from '../data/batch';
import { OutputError, UsageError } from '../errors';
import { logger } from '../logger';
import { IGNORED_LABEL } from '../ops/ignored_label';
import { nextBest } from './best_evaluation';
import { BestWeights } from './best_weights';
import { RunCheckpoints, type RunState } from './run_checkpoints';
import type { RunLogs } from './run_logs';
import { StepInterval } from './step_interval';
import type { RunOptions } from './train_options';
import type { Trainee } from './trainee';
import type { LogRecord } from './training_log';

/** Why a run is over: it went through its data or steps, got no better, or was asked to stop. */
export type StoppedBy = 'end' | 'early stopping' | 'signal';

const NEVER = Number.POSITIVE_INFINITY;

/** A run on its way: takes one batch after the other, and does after each what is due. */
export class TrainingRun<Model> {
  readonly #trainee: Trainee<Model>;
  readonly #options: RunOptions<Model>;
  readonly #logs: RunLogs;
  readonly #checkpoints: RunCheckpoints | undefined;
  readonly #bestWeights = new BestWeights();
  #state: RunState;
  #interval = new StepInterval();
  /** Whether the last batch completed a step, and its epoch. */
  #completed = { step: false, epoch: false };
  #isSaved = true;
  #clock = performance.now();

  private constructor(
    trainee: Trainee<Model>,
    options: RunOptions<Model>,
    logs: RunLogs,
    checkpoints: RunCheckpoints | undefined,
    state: RunState,
  ) {
    this.#trainee = trainee;
    this.#options = options;
    this.#logs = logs;
    this.#checkpoints = checkpoints;
    this.#state = state;
  }

  /** Begins a run, or brings it back from its newest checkpoint. */
  static async start<Model>(
    trainee: Trainee<Model>,
    options: RunOptions<Model>,
    logs: RunLogs,
  ): Promise<TrainingRun<Model>> {
    const { outputDir, seed } = options;
    const checkpoints = outputDir === undefined ? undefined : await RunCheckpoints.open(trainee, options, outputDir);
    const resumed = await checkpoints?.resume();
    if (resumed === undefined && seed !== undefined) trainee.seeds = seed >>> 0;
    const state = resumed ?? {
      step: 0,
      epoch: 0,
      batch: 0,
      seeds: trainee.seeds,
      skippedInARow: 0,
      isEvaluationDue: false,
      evaluationsSinceBest: 0,
      history: [],
    };
    return new TrainingRun(trainee, options, logs, checkpoints, state);
  }

  /** Where the run stands. */
  get state(): Readonly<RunState> {
    return this.#state;
  }

  /** Whether the run is over, by what it has done up to now. */
  get stoppedBy(): StoppedBy | undefined {
    if (this.#state.isEvaluationDue) return undefined;
    if (this.#hasEnded) return 'end';
    const { earlyStopping } = this.#options;
    const patience = earlyStopping === undefined ? NEVER : (earlyStopping.patience ?? 3);
    return this.#state.evaluationsSinceBest >= patience ? 'early stopping' : undefined;
  }

  get #hasEnded(): boolean {
    const { epochs = NEVER, maxSteps = NEVER } = this.#options;
    return this.#state.epoch >= epochs || this.#state.step >= maxSteps;
  }

  /**
   * Trains on a batch, which then counts as done.
   *
   * @returns whether the batch has a label that counts.
   * @throws {UsageError} when too many steps in a row had no finite loss or gradient.
   */
  async step(batch: Batch, isLast: boolean): Promise<boolean> {
    const { evaluation, maxSkippedSteps = 10 } = this.#options;
    const isLabelled = hasLabels(batch);
    const result = await this.#trainee.step(batch);
    const { epoch, batch: done, step, skippedInARow } = this.#state;
    this.#completed = { step: result.isUpdate && !result.isSkipped, epoch: isLast };
    this.#isSaved = false;
    this.#state = {
      ...this.#state,
      ...(isLast ? { epoch: epoch + 1, batch: 0 } : { batch: done + 1 }),
      step: step + Number(this.#completed.step),
      // A batch without labels says nothing of whether the run has gone astray.
      skippedInARow: isLabelled ? (skippedInARow + 1) * Number(result.isSkipped) : skippedInARow,
      seeds: this.#trainee.seeds,
    };
    const isDue = evaluation !== undefined && (this.#hasEnded || this.#isDue(evaluation.everySteps));
    this.#state.isEvaluationDue = isDue && !this.#isRecorded('eval');
    this.#interval.add(batch, result, isLabelled, this.#secondsSinceLast());
    if (this.#state.skippedInARow >= maxSkippedSteps) {
      throw new UsageError(
        `Loss or gradient of ${maxSkippedSteps} batches in a row, up to batch ${done + 1} of epoch ${epoch + 1}, were not finite; lower the learning rate or clip the gradient, and go on from a checkpoint before.`,
        { path: 'maxSkippedSteps', received: result.loss },
      );
    }
    return isLabelled;
  }

  #secondsSinceLast(): number {
    const before = this.#clock;
    this.#clock = performance.now();
    return (this.#clock - before) / 1000;
  }

  /** Whether the last batch was one after which something is to be done, by default each epoch's last. */
  #isDue(everySteps: number | undefined): boolean {
    if (everySteps === undefined) return this.#completed.epoch;
    return this.#completed.step && this.#state.step % everySteps === 0;
  }

  /** Whether there is a record of the step already: batches that make no further step bring nothing new. */
  #isRecorded(kind: LogRecord['kind']): boolean {
    return this.#state.history.filter((record) => record.kind === kind).at(-1)?.step === this.#state.step;
  }

  /**
   * Does what is due after a batch: a record, an evaluation, a checkpoint.
   *
   * @param isStopRequested asked when the rest is done.
   * @returns whether, and why, this was the last one.
   */
  async settle(isStopRequested: () => boolean): Promise<StoppedBy | undefined> {
    const { logEverySteps = 10, histogramEverySteps = NEVER, saveEverySteps } = this.#options;
    const hasHistograms = this.#isDue(histogramEverySteps);
    const isDue = hasHistograms || this.#hasEnded || this.#isDue(logEverySteps);
    if (isDue && !this.#isRecorded('train')) await this.#recordSteps(hasHistograms);
    const isBest = await this.#evaluate();
    const stoppedBy = this.stoppedBy ?? (isStopRequested() ? 'signal' : undefined);
    // Without these two the run would lose something; another checkpoint may well be the next one.
    if (stoppedBy !== undefined || isBest) await this.#save();
    else if (this.#isDue(saveEverySteps)) await this.#trySave();
    this.#clock = performance.now();
    return stoppedBy;
  }

  /** Makes the evaluation that was due when the run was interrupted. */
  async catchUp(): Promise<void> {
    if (await this.#evaluate()) await this.#save();
  }

  async #recordSteps(hasHistograms: boolean): Promise<void> {
    const { epoch, batch } = this.#state;
    const { batchesPerEpoch } = this.#options.train;
    const progress = batchesPerEpoch === undefined ? epoch : epoch + batch / batchesPerEpoch;
    const record = { kind: 'train', values: { epoch: progress, ...this.#interval.values() } } as const;
    this.#interval = new StepInterval();
    await this.#record(record, hasHistograms ? await this.#histograms() : undefined);
  }

  async #record(
    { kind, values }: Pick<LogRecord, 'kind' | 'values'>,
    histograms?: LogRecord['histograms'],
  ): Promise<void> {
    const { step, history } = this.#state;
    history.push({ kind, step, values: { ...values } });
    await this.#logs.write({ kind, step, values, ...(histograms && { histograms }) });
  }

  async #histograms(): Promise<Record<string, Float32Array>> {
    const weights = this.#trainee.trainedWeights.map(async ({ path, variable }) => {
      return [path, (await variable.data()) as Float32Array] as const;
    });
    return Object.fromEntries(await Promise.all(weights));
  }

  /** @returns whether the weights are now the best, and to be kept. */
  async #evaluate(): Promise<boolean> {
    const { evaluation, earlyStopping, restoreBest = true } = this.#options;
    if (evaluation === undefined || !this.#state.isEvaluationDue) return false;
    const values = await evaluation.evaluate(this.#trainee.model);
    const { step, best } = this.#state;
    const next = earlyStopping === undefined ? {} : nextBest(earlyStopping, this.#state, step, values);
    await this.#record({ kind: 'eval', values });
    this.#state = { ...this.#state, ...next, isEvaluationDue: false };
    this.#isSaved = false;
    const isBest = this.#state.best !== best && restoreBest;
    if (isBest && this.#checkpoints === undefined) this.#bestWeights.remember(this.#trainee.weights);
    return isBest;
  }

  async #save(): Promise<void> {
    if (!this.#isSaved) await this.#checkpoints?.save(this.#state);
    this.#isSaved = true;
  }

  async #trySave(): Promise<void> {
    await this.#save().catch((error: unknown) => {
      if (!(error instanceof OutputError)) throw error;
      logger.warn(`The run goes on without a checkpoint of step ${this.#state.step}: ${error.message}`);
    });
  }

  /** Saves what an error would lose; the error itself is the caller's. */
  async rescue(error: unknown): Promise<void> {
    const isAstray = this.#state.skippedInARow > 0;
    if (!isAstray && !(error instanceof OutputError)) await this.#trySave();
  }

  /** Takes over the best weights, where the run is to end with them. */
  async restoreBest(): Promise<void> {
    const { restoreBest = true } = this.#options;
    const { best, step } = this.#state;
    if (!restoreBest || best === undefined || best.step === step) return;
    if (this.#checkpoints === undefined) this.#bestWeights.restore(this.#trainee.weights);
    else await this.#checkpoints.restoreWeights(best.step);
  }

  /** Releases what the run keeps beside the model. */
  dispose(): void {
    this.#bestWeights.dispose();
  }
}

/** Whether a label of the batch counts in the loss. */
function hasLabels({ ys }: Batch): boolean {
  return Object.values(ys).some(({ values }) => values.some((label) => label !== IGNORED_LABEL));
}
