import { CheckpointError } from '../../errors';
import type { CheckpointReader, TensorInfo } from '../checkpoint_reader';
import { canonicalName } from '../weight_names';

/** What only files of microsoft/DeBERTa hold: differences to a generator's tables, and heads of pre-training. */
const ORIGINAL_NAMES = /(^|\.)(embeddings\.\w+\._weight|mask_predictions\.\w+\.\w+)$/;

/** Beside the discriminator, where Microsoft publishes one. */
export const GENERATOR_FILE = 'pytorch_model.generator.bin';

/** Beside the discriminator, where this package's pre-training writes the generator's files. */
export const GENERATOR_FOLDER = 'generator';

/**
 * Whether a checkpoint was written by the code of microsoft/DeBERTa, or with the names that only it has.
 *
 * Its other files have the same names and forms as Hugging Face's, and need no telling apart.
 */
export function isOriginal({ tensors, embeddedConfig }: CheckpointReader): boolean {
  return embeddedConfig !== undefined || [...tensors.keys()].some((name) => ORIGINAL_NAMES.test(name));
}

/** Whether a checkpoint holds tables only as differences to those of a generator. */
export function needsGenerator(reader: CheckpointReader): boolean {
  return differences(reader.tensors).size > 0;
}

/**
 * A checkpoint of microsoft/DeBERTa whose tables are whole.
 *
 * Pre-training by replaced token detection shares the embeddings of a generator with the discriminator, without its
 * gradients ("gradient-disentangled embedding sharing"): the discriminator holds the difference, `_weight`, and its
 * table is the generator's `weight` plus that. Where a file holds both `weight` and `_weight`, `weight` is the table.
 * Sums are made as rows are read.
 *
 * @param reader the discriminator; a generator is a checkpoint like any other.
 * @param generator needed only where {@link needsGenerator} says so; it is closed together with `reader`.
 * @throws {CheckpointError} when it is needed and missing, or does not hold the tables.
 *
 * @see https://github.com/microsoft/DeBERTa/blob/master/DeBERTa/apps/tasks/rtd_task.py
 */
export function readOriginal(reader: CheckpointReader, generator?: CheckpointReader): CheckpointReader {
  const tensors = new Map(reader.tensors);
  const sums = new Map<string, { readonly difference: string; readonly base: string }>();
  for (const [name, difference] of differences(reader.tensors)) {
    if (generator === undefined) throw missingGenerator(difference);
    const info = reader.tensors.get(difference)!;
    sums.set(name, { difference, base: findBase(generator, name, info) });
    tensors.delete(difference);
    tensors.set(name, { ...info, dtype: 'float32' });
  }
  return {
    ...reader,
    format: 'original',
    tensors,
    async read(name, rows, take) {
      const sum = sums.get(name);
      if (sum === undefined) return reader.read(name, rows, take);
      const values = await reader.read(sum.difference, rows, take);
      const base = await generator!.read(sum.base, rows);
      for (let index = 0; index < values.length; index++) values[index]! += base[index]!;
      return values;
    },
    async close() {
      await Promise.all([reader.close(), generator?.close()]);
    },
  };
}

/** Differences without a whole table, by the name that the table would have. */
function differences(tensors: ReadonlyMap<string, TensorInfo>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of tensors.keys()) {
    if (!/(^|\.)embeddings\.\w+\._weight$/.test(name)) continue;
    const whole = name.replace(/_weight$/, 'weight');
    if (!tensors.has(whole)) found.set(whole, name);
  }
  return found;
}

function findBase(generator: CheckpointReader, name: string, { shape }: TensorInfo): string {
  const canonical = canonicalName(name);
  for (const [base, info] of generator.tensors) {
    if (canonicalName(base) === canonical && `${info.shape}` === `${shape}`) return base;
  }
  throw new CheckpointError(
    `The generator must hold ${canonical} of shape [${shape}], to which the checkpoint holds the difference, and does not; use the generator that was trained with it.`,
    { path: name, expected: shape, received: [...generator.tensors.keys()] },
  );
}

function missingGenerator(name: string): CheckpointError {
  return new CheckpointError(
    `The checkpoint holds ${name}, the difference to the embeddings of the generator it was trained with, and not the embeddings themselves; put ${GENERATOR_FILE} or the folder ${GENERATOR_FOLDER} beside it, name it by the option generator, or use a checkpoint that holds the weight.`,
    { path: name, expected: GENERATOR_FILE },
  );
}
