import { z } from 'zod';
import { CheckpointError } from '../../errors';
import { nodeBuiltin } from '../../files/node_builtins';
import { localFolder } from '../../sources/local_folder';
import { readJson } from '../../sources/read_json';

const STATE_FILE = 'training_state.json';

const count = z.int().nonnegative();
// JSON has no NaN and writes null for it.
const value = z
  .number()
  .nullable()
  .transform((number) => number ?? Number.NaN);

const stateSchema = z.object({
  version: z.literal(1),
  /** Optimizer steps done. */
  step: count,
  /** Epoch of the next batch, counted from 0. */
  epoch: count,
  /** Batches of that epoch that are done. */
  batch: count,
  /** State of the generator that dropout masks get their seeds from. */
  seeds: count.lt(2 ** 32),
  /** Steps in a row, up to now, that were left out because loss or gradient was not finite. */
  skippedInARow: count,
  /** Whether the evaluation due at this step is still to be made. */
  isEvaluationDue: z.boolean(),
  /** The best evaluation up to now. */
  best: z.object({ step: count, value: z.number() }).optional(),
  /** Evaluations since the best one. */
  evaluationsSinceBest: count,
  /** The backend the steps were computed by. */
  backend: z.string(),
  /** What must be the same for the run to go on, see `describeSettings`. */
  settings: z.record(z.string(), z.unknown()),
  /** Records up to now, without histograms. */
  history: z.array(z.object({ kind: z.enum(['train', 'eval']), step: count, values: z.record(z.string(), value) })),
});

/** What a run must know, beside the weights and the optimizer's state, to go on as if it had never stopped. */
export type TrainingState = z.infer<typeof stateSchema>;

/** Writes the state into the folder of a checkpoint. */
export async function writeTrainingState(folder: string, state: TrainingState): Promise<void> {
  const path = nodeBuiltin('node:path').join(folder, STATE_FILE);
  await nodeBuiltin('node:fs/promises').writeFile(path, `${JSON.stringify(state, null, 2)}\n`);
}

/**
 * Reads what {@link writeTrainingState} wrote.
 *
 * @throws {CheckpointError} when the file is missing, is not JSON, or a field is not as it must be.
 */
export async function readTrainingState(folder: string): Promise<TrainingState> {
  const source = localFolder(folder);
  const result = stateSchema.safeParse(await readJson(source, STATE_FILE, CheckpointError));
  if (result.success) return result.data;
  const [{ path: keys, message }] = result.error.issues as [z.core.$ZodIssue];
  const field = keys.join('.') || 'content';
  const path = source.pathOf(STATE_FILE);
  throw new CheckpointError(
    `${path} is not as train writes it (${field}: ${message}); remove this checkpoint to resume from the one before it.`,
    { path },
  );
}
