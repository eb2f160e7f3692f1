import type { Command } from 'commander';
import type { Architecture } from '../config/architecture';
import type { OpenOptions } from '../convert/open_checkpoint';
import type { TFDebertaV2PreTrainedModel } from '../models/pretrained_model';
import { useBackend } from '../runtime/use_backend';
import { summarizeCheckpoint } from './checkpoint_summary';
import type { CliIo } from './cli_io';
import { HEAD_OPTION, type HeadFlag } from './head_option';
import { MODEL_CLASSES } from './model_classes';
import { requireTrainedHead } from './require_trained_head';
import { addSourceFlags, PLACE, type SourceFlags, sourceOptions } from './source_flags';
import { TASK_OPTION } from './task_option';
import { whileShowing } from './while_showing';
import { writeText } from './write_text';

interface ExportFlags extends SourceFlags, HeadFlag {
  readonly task?: Architecture;
  readonly signature: string;
  readonly overwrite?: boolean;
}

const EXAMPLES = `
The folder holds a graph, its signature and the weights as variables: for TensorFlow Serving, Java, Python or tfjs-node.
Inputs are int32: input_ids, attention_mask and token_type_ids, all of shape [batch, length] ([batch, choices, length]
for multiple choice). Outputs are logits, start_logits and end_logits, or last_hidden_state.

Examples:
  $ tfjs-deberta export my-classifier serving/my-classifier/1
  $ tfjs-deberta export deberta-v3-small encoder --task feature-extraction --overwrite
  $ tensorflow_model_server --model_name=my-classifier --model_base_path=$PWD/serving/my-classifier`;

/** Adds `export` to the program. */
export function addExportCommand(program: Command, io: CliIo): void {
  const command = program
    .command('export')
    .summary('write a TensorFlow SavedModel')
    .description('Write a checkpoint as a TensorFlow SavedModel, which runs without this package.')
    .argument('<checkpoint>', PLACE)
    .argument('<output>', 'folder to make')
    .addOption(TASK_OPTION)
    .option('--signature <name>', 'name of the signature', 'serving_default')
    .option('--overwrite', 'replace the output folder if it exists');
  addSourceFlags(command.addOption(HEAD_OPTION))
    .addHelpText('after', EXAMPLES)
    .action((checkpoint: string, output: string, flags: ExportFlags) =>
      exportCheckpoint(checkpoint, output, flags, io),
    );
}

async function exportCheckpoint(
  source: string,
  output: string,
  { task, signature, overwrite = false, ...flags }: ExportFlags,
  io: CliIo,
): Promise<void> {
  const options = { ...sourceOptions(flags, io), head: flags.head };
  const { architecture, info } = await summarizeCheckpoint(source, options, task);
  requireTrainedHead(source, architecture, info);
  await useBackend();
  const model = await load(source, architecture, options, io);
  try {
    await model.exportSavedModel(output, { signature, overwrite });
  } finally {
    model.dispose();
  }
  const summary = `${architecture} exported to ${output}, with the signature ${signature}.`;
  await writeText(io.stdout, `${summary}\n`);
}

function load(
  source: string,
  architecture: Architecture,
  options: OpenOptions,
  io: CliIo,
): Promise<TFDebertaV2PreTrainedModel> {
  return whileShowing('Loading', io, (onProgress) =>
    MODEL_CLASSES[architecture].fromPretrained(source, { ...options, onProgress }),
  );
}
