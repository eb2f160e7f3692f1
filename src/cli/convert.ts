import { type Command, Option } from 'commander';
import type { Architecture } from '../config/architecture';
import { CHECKPOINT_FORMATS, type CheckpointFormat } from '../convert/checkpoint_format';
import { SOURCE_FORMATS, type SourceFormat } from '../convert/checkpoint_reader';
import { type ConversionOptions, type ConversionReport, convertCheckpoint } from '../convert/convert_checkpoint';
import { openCheckpoint } from '../convert/open_checkpoint';
import { type ConversionPlan, planConversion } from '../convert/plan_conversion';
import type { StorageType } from '../convert/storage_type';
import { UsageError } from '../errors';
import { writeFileAtomically } from '../files/atomic_write';
import { formatBytes } from '../files/format_bytes';
import type { CliIo } from './cli_io';
import { describeLoading } from './describe_loading';
import { formatCount } from './format_count';
import { HEAD_OPTION, type HeadFlag } from './head_option';
import { parseByteSize } from './parse_byte_size';
import { progressBar } from './progress_bar';
import { readConfigFile } from './read_config_file';
import { addSourceFlags, PLACE, type SourceFlags, sourceOptions } from './source_flags';
import { table } from './table';
import { TASK_OPTION } from './task_option';
import { type Verification, verifyConversion } from './verify_conversion';
import { writeText } from './write_text';

interface ConvertFlags extends SourceFlags, HeadFlag {
  readonly from: SourceFormat | 'auto';
  readonly to: CheckpointFormat;
  readonly task?: Architecture;
  readonly dtype: StorageType;
  readonly maxShardSize?: number;
  readonly config?: string;
  readonly generator?: string;
  readonly strict?: boolean;
  readonly ignoreMismatchedSizes?: boolean;
  readonly dryRun?: boolean;
  readonly verify?: boolean;
  readonly report?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

const DTYPES: readonly StorageType[] = ['float32', 'float16', 'bfloat16', 'uint16', 'uint8'];

const EXAMPLES = `
What is read: tfjs (model.json), safetensors, Keras h5, pytorch_model.bin and Microsoft's originals, TF2 checkpoints and
SavedModels; whole or in shards. Configuration and tokenizer files are copied along. The output folder appears when it is
complete. tfjs stores float32, float16, uint16 or uint8; safetensors float32, float16 or bfloat16; h5 and tf2 float32.

Examples:
  $ tfjs-deberta convert microsoft/deberta-v3-small deberta-v3-small-tfjs --task feature-extraction
  $ tfjs-deberta convert my-classifier web/model --dtype float16 --max-shard-size 16MB --verify
  $ tfjs-deberta convert my-classifier-tfjs for-python --to safetensors --overwrite
  $ tfjs-deberta convert pytorch_model.bin --from original --dry-run`;

/** Adds `convert` to the program. */
export function addConvertCommand(program: Command, io: CliIo): void {
  const command = program
    .command('convert')
    .summary('convert a checkpoint, to tfjs unless told otherwise')
    .description('Convert a checkpoint between TensorFlow, PyTorch and TensorFlow.js.')
    .argument('<checkpoint>', PLACE)
    .argument('[output]', 'folder to make; not needed for --dry-run')
    .addOption(new Option('--from <format>', 'format to look for').choices(['auto', ...SOURCE_FORMATS]).default('auto'))
    .addOption(new Option('--to <format>', 'format to write').choices(CHECKPOINT_FORMATS).default('tfjs'))
    .addOption(TASK_OPTION)
    .addOption(new Option('--dtype <type>', 'number type to store weights in').choices(DTYPES).default('float32'))
    .option(
      '--max-shard-size <size>',
      'largest weights file in bytes, or as 64MB (default: 64MiB for tfjs, else 5GB)',
      parseByteSize,
    )
    .option('--config <file>', 'config.json to use instead of the one beside the weights')
    .option('--generator <file>', "weights of a v3 checkpoint's generator, where its tables are differences to it")
    .option('--strict', 'refuse a checkpoint that holds a tensor the model has no use for')
    .option('--ignore-mismatched-sizes', 'leave out head weights of another shape instead of refusing them')
    .option('--dry-run', 'print which tensor would become which weight, and write nothing')
    .option('--verify', 'run both checkpoints on the same tokens afterwards, and print the largest difference')
    .option('--report <file>', 'write the report as JSON into a file')
    .option('--overwrite', 'replace the output folder if it exists')
    .option('--json', 'print the report as JSON');
  addSourceFlags(command.addOption(HEAD_OPTION))
    .addHelpText('after', EXAMPLES)
    .action((checkpoint: string, output: string | undefined, flags: ConvertFlags) =>
      flags.dryRun ? dryRun(checkpoint, flags, io) : convert(checkpoint, output, flags, io),
    );
}

async function conversionOptions(flags: ConvertFlags, io: CliIo): Promise<ConversionOptions> {
  const { from, to, task, dtype, maxShardSize, generator, strict, ignoreMismatchedSizes, overwrite } = flags;
  return {
    ...sourceOptions(flags, io),
    from: from === 'auto' ? undefined : from,
    format: to,
    architecture: task,
    dtype,
    maxShardSize,
    config: flags.config === undefined ? undefined : await readConfigFile(flags.config),
    generator,
    head: flags.head,
    strict,
    ignoreMismatchedSizes,
    overwrite,
  };
}

async function convert(place: string, output: string | undefined, flags: ConvertFlags, io: CliIo): Promise<void> {
  if (output === undefined) {
    throw new UsageError('The folder to make must be given after the checkpoint, unless --dry-run is set.');
  }
  const options = await conversionOptions(flags, io);
  const converted = await whileConverting(place, output, options, io);
  const verification = flags.verify
    ? await verifyConversion(place, output, converted.architecture, options)
    : undefined;
  const report = { output, ...converted, ...(verification && { verification }) };
  const json = `${JSON.stringify(report)}\n`;
  if (flags.report !== undefined) await writeFileAtomically(flags.report, json);
  await writeText(io.stdout, flags.json ? json : describe(output, converted, verification));
}

async function whileConverting(
  place: string,
  output: string,
  options: ConversionOptions,
  io: CliIo,
): Promise<ConversionReport> {
  const bar = progressBar(io, 'Converting');
  try {
    return await convertCheckpoint(place, output, {
      ...options,
      onProgress: ({ loaded, total }) => bar.update(loaded, total),
    });
  } finally {
    bar.stop();
  }
}

async function dryRun(place: string, flags: ConvertFlags, io: CliIo): Promise<void> {
  const options = await conversionOptions(flags, io);
  const checkpoint = await openCheckpoint(place, options);
  try {
    const plan = planConversion(checkpoint, options);
    const { architecture, format, rows, info } = plan;
    const json = `${JSON.stringify({ sourceFormat: checkpoint.reader.format, format, architecture, info, rows })}\n`;
    if (flags.report !== undefined) await writeFileAtomically(flags.report, json);
    await writeText(io.stdout, flags.json ? json : describePlan(plan));
  } finally {
    await checkpoint.close();
  }
}

function describePlan({ architecture, format, rows, info }: ConversionPlan): string {
  const cells = rows.map(({ source, target, shape, transform, from, to }) => [
    source,
    target,
    `[${shape}]`,
    transform,
    from === to ? to : `${from} to ${to}`,
  ]);
  const lines = [`${architecture} to ${format}: ${formatCount(rows.length)} tensors.`, ...describeLoading(info)];
  return `${table(cells, ['SOURCE', 'TARGET', 'SHAPE', 'TRANSFORM', 'TYPE'])}${lines.join('\n')}\n`;
}

function describe(output: string, report: ConversionReport, verification: Verification | undefined): string {
  const { sourceFormat, format, dtype, architecture, tensors, parameters, bytes, copied, info } = report;
  const lines = [
    `${architecture} converted from ${sourceFormat} to ${format} in ${output}.`,
    `${formatCount(tensors)} tensors, ${formatCount(parameters)} parameters, ${formatBytes(bytes)} of ${dtype}.`,
    `Files copied: ${copied.length === 0 ? 'none' : copied.join(', ')}.`,
    ...describeLoading(info),
    ...(verification === undefined ? [] : [describeVerification(verification)]),
  ];
  return `${lines.join('\n')}\n`;
}

function describeVerification({ largestDifference, largestOutput, backend }: Verification): string {
  const [difference, output] = [largestDifference, largestOutput].map((value) => value.toPrecision(3));
  return `Verified on ${backend}: outputs differ by at most ${difference}, the largest is ${output}.`;
}
