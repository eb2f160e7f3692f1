import { type Command, Option } from 'commander';
import { ARCHITECTURES, type Architecture } from '../config/architecture';
import type { CheckpointFormat } from '../convert/checkpoint_writer';
import { type ConversionReport, convertCheckpoint } from '../convert/convert_checkpoint';
import type { CliIo } from './cli_io';
import { describeLoading } from './describe_loading';
import { formatBytes } from './format_bytes';
import { formatCount } from './format_count';
import { parseByteSize } from './parse_byte_size';
import { progressBar } from './progress_bar';
import { writeText } from './write_text';

interface ConvertOptions {
  readonly format: CheckpointFormat;
  readonly architecture?: Architecture;
  readonly maxShardSize?: number;
  readonly overwrite?: boolean;
  readonly ignoreMismatchedSizes?: boolean;
  readonly json?: boolean;
}

const FORMATS: readonly CheckpointFormat[] = ['tfjs', 'safetensors', 'h5'];

const EXAMPLES = `
The checkpoint is a folder with config.json and tf_model.h5, model.safetensors (either naming, also in shards) or a
tfjs model.json. Configuration and tokenizer files are copied along. The output folder appears when it is complete.

Examples:
  $ tfjs-deberta convert deberta-v3-small deberta-v3-small-tfjs --architecture TFDebertaV2Model
  $ tfjs-deberta convert my-classifier web/model --max-shard-size 16MB
  $ tfjs-deberta convert my-classifier-tfjs for-python --format safetensors --overwrite`;

/** Adds `convert` to the program. */
export function addConvertCommand(program: Command, io: CliIo): void {
  program
    .command('convert')
    .summary('convert a checkpoint, to tfjs unless told otherwise')
    .description('Convert a checkpoint between TensorFlow, PyTorch (safetensors) and TensorFlow.js.')
    .argument('<checkpoint>', 'folder of the checkpoint, or one weights file in it')
    .argument('<output>', 'folder to make')
    .addOption(new Option('--format <format>', 'format to write').choices(FORMATS).default('tfjs'))
    .addOption(
      new Option(
        '--architecture <name>',
        'model to write (default: what config.json names, else what the weights show)',
      ).choices(ARCHITECTURES),
    )
    .option(
      '--max-shard-size <size>',
      'largest weights file in bytes, or as 64MB (default: 64MiB for tfjs, else 5GB)',
      parseByteSize,
    )
    .option('--overwrite', 'replace the output folder if it exists')
    .option('--ignore-mismatched-sizes', 'leave out head weights of another shape instead of refusing them')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action((checkpoint: string, output: string, options: ConvertOptions) => convert(checkpoint, output, options, io));
}

async function convert(
  checkpoint: string,
  output: string,
  { json, ...options }: ConvertOptions,
  io: CliIo,
): Promise<void> {
  const bar = progressBar(io, 'Converting');
  let report: ConversionReport;
  try {
    report = await convertCheckpoint(checkpoint, output, {
      ...options,
      onProgress: ({ loaded, total }) => {
        io.signal.throwIfAborted();
        bar.update(loaded, total);
      },
    });
  } finally {
    bar.stop();
  }
  await writeText(io.stdout, json === true ? `${JSON.stringify({ output, ...report })}\n` : describe(output, report));
}

function describe(output: string, report: ConversionReport): string {
  const { sourceFormat, format, architecture, tensors, parameters, bytes, copied, info } = report;
  const lines = [
    `${architecture} converted from ${sourceFormat} to ${format} in ${output}.`,
    `${formatCount(tensors)} tensors, ${formatCount(parameters)} parameters, ${formatBytes(bytes)}.`,
    `Files copied: ${copied.length === 0 ? 'none' : copied.join(', ')}.`,
    ...describeLoading(info),
  ];
  return `${lines.join('\n')}\n`;
}
