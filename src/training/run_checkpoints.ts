import * as tf from '@tensorflow/tfjs';
import { CheckpointError, UsageError } from '../errors';
import { logger } from '../logger';
import { CheckpointStore } from './checkpoints/checkpoint_store';
import { describeSettings, type RunSettings, requireSameSettings } from './checkpoints/run_settings';
import { readTrainingState, type TrainingState, writeTrainingState } from './checkpoints/training_state';
import type { RunOptions } from './train_options';
import type { Trainee } from './trainee';

/** What of its state a run itself keeps. */
export type RunState = Omit<TrainingState, 'version' | 'backend' | 'settings'>;

/** Saves a run and brings it back: weights, optimizer, and the state of the run. */
export class RunCheckpoints {
  readonly #trainee: Trainee<unknown>;
  readonly #options: RunOptions<never>;
  readonly #store: CheckpointStore;
  readonly #settings: RunSettings;

  private constructor(
    trainee: Trainee<unknown>,
    options: RunOptions<never>,
    store: CheckpointStore,
    settings: RunSettings,
  ) {
    this.#trainee = trainee;
    this.#options = options;
    this.#store = store;
    this.#settings = settings;
  }

  /** @throws {OutputError} when there is no writing into the folder; {@link InputError} when there are no data. */
  static async open(trainee: Trainee<unknown>, options: RunOptions<never>, outputDir: string): Promise<RunCheckpoints> {
    const store = await CheckpointStore.open(outputDir, options.keepLast ?? 3);
    return new RunCheckpoints(trainee, options, store, await describeSettings(trainee, options.train));
  }

  /**
   * Brings back the newest checkpoint, if the options ask for one.
   *
   * @returns the state of the run; undefined for a new one.
   * @throws {CheckpointError} when there must be one and is not, it is of another run, or it is damaged.
   * @throws {UsageError} for a new run beside checkpoints of another.
   */
  async resume(): Promise<RunState | undefined> {
    const { resume = false, restoreBest = true, outputDir = '' } = this.#options;
    const steps = await this.#store.steps();
    const newest = steps.at(-1);
    if (newest === undefined) {
      if (resume !== true) return undefined;
      throw new CheckpointError(`${outputDir} must hold a checkpoint to resume from and holds none; train anew.`, {
        path: outputDir,
      });
    }
    if (resume === false) {
      throw new UsageError(
        `${outputDir} holds checkpoints of an earlier run; resume it, or choose another outputDir for a new one.`,
        { path: 'outputDir', received: outputDir },
      );
    }
    const folder = this.#store.folderOf(newest);
    const { backend, settings, version: _version, ...state } = await readTrainingState(folder);
    requireSameSettings(folder, settings, this.#settings);
    if (restoreBest && state.best !== undefined && !steps.includes(state.best.step)) {
      throw new CheckpointError(
        `${this.#store.folderOf(state.best.step)}, the best checkpoint of the run, must be there and is not; put it back, or set restoreBest to false.`,
        { path: 'restoreBest', expected: state.best.step, received: steps },
      );
    }
    if (backend !== tf.getBackend()) {
      logger.warn(
        `${folder} was computed by the backend ${backend}; on ${tf.getBackend()} the run goes on within rounding, not exactly.`,
      );
    }
    await this.#trainee.restore(folder);
    this.#trainee.seeds = state.seeds;
    return state;
  }

  /** @throws {OutputError} when it cannot be written; the earlier checkpoints are as they were. */
  async save(state: RunState): Promise<void> {
    const { onSave, restoreBest = true } = this.#options;
    const fill = async (folder: string) => {
      await this.#trainee.save(folder);
      await onSave?.(folder);
      await writeTrainingState(folder, {
        version: 1,
        ...state,
        backend: tf.getBackend(),
        settings: { ...this.#settings },
      });
    };
    await this.#store.save(state.step, fill, restoreBest ? state.best?.step : undefined);
  }

  /** Takes over the weights of the checkpoint of a step. */
  async restoreWeights(step: number): Promise<void> {
    await this.#trainee.restoreWeights(this.#store.folderOf(step));
  }
}
