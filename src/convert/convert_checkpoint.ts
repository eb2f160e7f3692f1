import type { Architecture } from '../config/architecture';
import { UsageError } from '../errors';
import { writeFolderAtomically } from '../files/atomic_write';
import { nodeBuiltin } from '../files/node_builtins';
import type { FileSource } from '../sources/file_source';
import type { CheckpointFormat } from './checkpoint_format';
import type { SourceFormat } from './checkpoint_reader';
import { writeCheckpoint } from './checkpoint_writer';
import { type OpenOptions, openCheckpoint } from './open_checkpoint';
import { type ConversionChoice, type ConversionRow, planConversion } from './plan_conversion';
import { readAhead } from './read_ahead';
import { readWeightChunks } from './read_weight';
import { type StorageType, storedBytes } from './storage_type';
import { copyTokenizer } from './tokenizer_files';
import { countParameters } from './weight_names';
import type { LoadingInfo } from './weight_plan';
import type { WeightProgress } from './weight_progress';

/** Options of {@link convertCheckpoint}. */
export interface ConversionOptions extends ConversionChoice, OpenOptions {
  /** Largest size of a weights file in bytes: 64 MiB by default for tfjs, 5 GB for the others. */
  readonly maxShardSize?: number | undefined;
  /** Replace the output folder if it exists; false by default. */
  readonly overwrite?: boolean | undefined;
  readonly onProgress?: ((progress: WeightProgress) => void) | undefined;
}

/** What {@link convertCheckpoint} did. */
export interface ConversionReport {
  readonly sourceFormat: SourceFormat;
  readonly format: CheckpointFormat;
  readonly dtype: StorageType;
  readonly architecture: Architecture;
  /** Number of weights written. */
  readonly tensors: number;
  readonly parameters: number;
  /** Size of the weights written. */
  readonly bytes: number;
  readonly info: LoadingInfo;
  /** Each weight: where it came from, and what was done to it. */
  readonly rows: readonly ConversionRow[];
  /** Tokenizer files copied along. */
  readonly copied: readonly string[];
}

/**
 * Converts a checkpoint from any format this package reads into any it writes, with its configuration and tokenizer.
 *
 * Weights are read and written one by one, so memory stays far below the size of the checkpoint. The output folder
 * appears when it is complete; after `signal` is aborted it does not, and the promise rejects with the signal's reason.
 *
 * @param place a folder, one weights file in it, a URL of either, or a repository of the Hugging Face hub.
 * @param output the folder to make.
 * @throws {CheckpointError} when the source is damaged or does not fit its configuration or the chosen model.
 * @throws {ConfigError} when its configuration is not valid.
 * @throws {OutputError} when the output exists or cannot be written; nothing of it remains.
 * @throws {InputError} when a weight has values that the chosen number type cannot hold.
 * @throws {UsageError} when the architecture must be named, or the output would replace the source.
 *
 * @example
 * const report = await convertCheckpoint('microsoft/deberta-v3-small', 'deberta-v3-small-tfjs', {
 *   architecture: 'TFDebertaV2Model',
 *   dtype: 'float16',
 * });
 * report.parameters; // 141304320
 */
export async function convertCheckpoint(
  place: string,
  output: string,
  options: ConversionOptions = {},
): Promise<ConversionReport> {
  const { maxShardSize, overwrite = false, onProgress, signal } = options;
  const checkpoint = await openCheckpoint(place, options);
  try {
    const { reader, source } = checkpoint;
    await refuseReplacingSource(source, output);
    const { architecture, format, dtype, config, entries, rows, info } = planConversion(checkpoint, options);
    const specs = entries.map(({ spec }) => spec);
    const bySpec = new Map(entries.map((entry) => [entry.spec, entry]));
    const read = readAhead(specs, (spec, take) => readWeightChunks(reader, bySpec.get(spec)!, take));
    let copied: string[] = [];
    await writeFolderAtomically(output, { overwrite }, async (target) => {
      const writeOptions = { config, architecture, format, dtype, maxShardSize, onProgress };
      await writeCheckpoint(target, writeOptions, specs, (spec) => untilAborted(read(spec), signal));
      copied = await copyTokenizer(source, target);
    });
    return {
      sourceFormat: reader.format,
      format,
      dtype,
      architecture,
      tensors: specs.length,
      parameters: countParameters(specs),
      bytes: specs.reduce((sum, spec) => sum + storedBytes(spec, dtype), 0),
      info,
      rows,
      copied,
    };
  } finally {
    await checkpoint.close();
  }
}

/** The same pieces, until the caller gives up: a table of a large model takes a while. */
async function* untilAborted(
  pieces: AsyncIterable<Float32Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Float32Array> {
  signal?.throwIfAborted();
  for await (const piece of pieces) {
    yield piece;
    signal?.throwIfAborted();
  }
}

async function refuseReplacingSource({ folder }: FileSource, output: string): Promise<void> {
  if (folder === undefined) return;
  const { resolve, sep } = nodeBuiltin('node:path');
  const { realpath } = nodeBuiltin('node:fs/promises');
  const target = await realpath(output).catch(() => resolve(output));
  const held = await realpath(folder);
  if (`${held}${sep}`.startsWith(`${target}${sep}`)) {
    throw new UsageError(`The output ${output} must not be the source folder or hold it; choose another folder.`, {
      path: output,
    });
  }
}
