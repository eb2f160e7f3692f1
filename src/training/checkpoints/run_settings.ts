import type { Batch } from '../../data/batch';
import type { BatchStream } from '../../data/batch_stream';
import { CheckpointError, InputError } from '../../errors';
import { crc32 } from '../../files/crc32';
import type { Trainee } from '../trainee';
import { checksumText, prefixed } from './describe_settings';

/** By names such as `data.batch_size`, plain JSON. */
export type RunSettings = Readonly<Record<string, unknown>>;

/**
 * What makes a run the run it is: model, optimizer and data. One with other settings cannot go on from its checkpoints.
 *
 * The data are known by their first batch, so this makes that batch.
 *
 * @throws {InputError} when there is none.
 */
export async function describeSettings(trainee: Trainee<unknown>, train: BatchStream): Promise<RunSettings> {
  const settings = { ...trainee.describe(), ...prefixed('data', await describeData(train)) };
  // As it is when it has been written and read.
  return JSON.parse(JSON.stringify(settings));
}

async function describeData(train: BatchStream): Promise<Record<string, unknown>> {
  for await (const batch of train.batches(0)) {
    return { batches_per_epoch: train.batchesPerEpoch, batch_size: batch.size, first_batch: checksum(batch) };
  }
  throw new InputError('The data to train on must have at least one batch, received none; is the file empty?');
}

function checksum({ xs, ys }: Batch): string {
  const arrays = [...Object.entries(xs), ...Object.entries(ys)];
  const encoder = new TextEncoder();
  const sum = arrays.reduce((before, [name, { values, shape }]) => {
    const named = crc32(encoder.encode(`${name}[${shape}]`), before);
    return crc32(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), named);
  }, 0);
  return checksumText(sum);
}

/**
 * Refuses to go on from the checkpoint of another run.
 *
 * @param saved settings of the checkpoint.
 * @throws {CheckpointError} naming the setting that differs.
 */
export function requireSameSettings(folder: string, saved: RunSettings, current: RunSettings): void {
  const names = [...new Set([...Object.keys(current), ...Object.keys(saved)])];
  const different = names.find((name) => JSON.stringify(saved[name]) !== JSON.stringify(current[name]));
  if (different === undefined) return;
  const [expected, received] = [saved[different], current[different]];
  throw new CheckpointError(
    `${folder} belongs to another run: ${different} is ${shown(expected)} there and ${shown(received)} here; change it back, or start anew in another outputDir.`,
    { path: different, expected, received },
  );
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'not set';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
