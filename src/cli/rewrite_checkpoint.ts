import { stat } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { type Command, Option } from 'commander';
import type { Architecture } from '../config/architecture';
import { CHECKPOINT_FORMATS, type CheckpointFormat } from '../convert/checkpoint_format';
import { OutputError } from '../errors';
import { refuseExisting, writeFolderAtomically } from '../files/atomic_write';
import type { TFDebertaV2PreTrainedModel } from '../models/pretrained_model';
import { useBackend } from '../runtime/use_backend';
import { type CheckpointSummary, summarizeCheckpoint } from './checkpoint_summary';
import type { CliIo } from './cli_io';
import { MODEL_CLASSES } from './model_classes';
import { requireTrainedHead } from './require_trained_head';
import { addSourceFlags, type SourceFlags, sourceOptions } from './source_flags';
import { TASK_OPTION } from './task_option';
import { whileShowing } from './while_showing';

/** Options of commands that write a changed checkpoint. */
export interface RewriteFlags extends SourceFlags {
  readonly to: CheckpointFormat;
  readonly task?: Architecture;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** Adds the options to a command. */
export function addRewriteFlags(command: Command): Command {
  return addSourceFlags(
    command
      .addOption(new Option('--to <format>', 'format to write').choices(CHECKPOINT_FORMATS).default('tfjs'))
      .addOption(TASK_OPTION)
      .option('--overwrite', 'replace the output folder if it exists')
      .option('--json', 'print the report as JSON'),
  );
}

/**
 * Loads a checkpoint, has its model changed, and writes a folder with the model and what belongs to it.
 *
 * @param change changes the model; returns what is to be reported, and what writes the other files (a tokenizer's).
 * @throws {OutputError} when the output exists, before anything is loaded, or cannot be written; nothing half-written
 *   stays.
 */
export async function rewriteCheckpoint<Report>(
  source: string,
  output: string,
  { to: format, task, overwrite = false, ...flags }: RewriteFlags,
  io: CliIo,
  change: (
    model: TFDebertaV2PreTrainedModel,
    summary: CheckpointSummary,
  ) => Promise<{ readonly report: Report; readonly writeOthers: (folder: string) => Promise<unknown> }>,
): Promise<Report> {
  await refuseFile(output);
  await refuseExisting(output, overwrite);
  const options = sourceOptions(flags, io);
  const summary = await summarizeCheckpoint(source, options, task);
  const { architecture, info } = summary;
  requireTrainedHead(source, architecture, info);
  tf.enableProdMode();
  // Nothing is computed, and of all backends it alone has no limit on its memory.
  await useBackend('cpu');
  const model = await whileShowing('Loading', io, (onProgress) =>
    MODEL_CLASSES[architecture].fromPretrained(source, { ...options, onProgress }),
  );
  try {
    const { report, writeOthers } = await change(model, summary);
    await writeFolderAtomically(output, { overwrite }, async (folder) => {
      await model.savePretrained(folder, { format });
      await writeOthers(folder);
      io.signal.throwIfAborted();
    });
    return report;
  } finally {
    model.dispose();
  }
}

/** A file where the folder goes is never meant, even with `--overwrite`: it may be the last of several inputs. */
async function refuseFile(output: string): Promise<void> {
  const found = await stat(output).catch(() => undefined);
  if (found === undefined || found.isDirectory()) return;
  throw new OutputError(`${output} must be a folder to make, and is a file; name the folder after everything else.`, {
    path: output,
    expected: 'a folder',
  });
}
