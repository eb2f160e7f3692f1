import { UsageError } from '../errors';
import type { RunOptions, TrainOptions } from './train_options';

const COUNTS = [
  'epochs',
  'maxSteps',
  'saveEverySteps',
  'keepLast',
  'logEverySteps',
  'histogramEverySteps',
  'maxSkippedSteps',
] as const;

/**
 * Refuses options of `train` that cannot be carried out, before anything is done.
 *
 * @throws {UsageError} naming the option.
 */
export function requireTrainOptions(options: TrainOptions): void {
  if (options.model.optimizer == null) {
    throw new UsageError('The model to train must have an optimizer; call compile({ optimizer }) first.');
  }
  requireRunOptions(options);
}

/**
 * Refuses options of a run that cannot be carried out, whatever it trains.
 *
 * @throws {UsageError} naming the option.
 */
export function requireRunOptions<Model>(options: RunOptions<Model>): void {
  const { evaluation, earlyStopping, outputDir } = options;
  for (const name of COUNTS) requireCount(name, options[name]);
  requireCount('evaluation.everySteps', evaluation?.everySteps);
  const { patience = 1, minDelta = 0, mode } = earlyStopping ?? {};
  if (patience !== Number.POSITIVE_INFINITY) requireCount('earlyStopping.patience', patience);
  if (!(minDelta >= 0)) throw refused('earlyStopping.minDelta', 'a number of at least 0', minDelta);
  if (earlyStopping !== undefined && mode !== 'max' && mode !== 'min') {
    throw refused('earlyStopping.mode', "'max' or 'min'", mode);
  }
  if (options.epochs === undefined && options.maxSteps === undefined) {
    throw new UsageError('A run must have an end; give train epochs or maxSteps.');
  }
  requireOther('earlyStopping', earlyStopping, 'evaluation', evaluation);
  requireOther('resume', options.resume || undefined, 'outputDir', outputDir);
}

function requireCount(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value > 0)) return;
  throw refused(name, 'a whole number above 0', value);
}

function refused(name: string, expected: string, received: unknown): UsageError {
  return new UsageError(`Option ${name} of train must be ${expected}, received ${String(received)}.`, {
    path: name,
    expected,
    received,
  });
}

function requireOther(name: string, value: unknown, needed: string, other: unknown): void {
  if (value === undefined || other !== undefined) return;
  throw new UsageError(`Option ${name} of train needs ${needed}; give it, or leave ${name} out.`, { path: needed });
}
