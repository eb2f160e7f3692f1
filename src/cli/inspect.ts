import type { Command } from 'commander';
import { tokenizerFiles } from '../convert/tokenizer_files';
import { formatBytes } from '../files/format_bytes';
import { type CheckpointSummary, summarizeCheckpoint } from './checkpoint_summary';
import type { CliIo } from './cli_io';
import { describeLoading } from './describe_loading';
import { formatCount } from './format_count';
import { addSourceFlags, PLACE, type SourceFlags, sourceOptions } from './source_flags';
import { table } from './table';
import { writeText } from './write_text';

const EXAMPLES = `
Only headers are read, so it takes a moment for a checkpoint of any size. A hub id is fetched into the cache first; by
its address, https://huggingface.co/owner/name/resolve/main, no more than the headers comes over the network.

Examples:
  $ tfjs-deberta inspect deberta-v3-small
  $ tfjs-deberta inspect deberta-v3-small/tf_model.h5
  $ tfjs-deberta inspect microsoft/deberta-v3-small --revision main
  $ tfjs-deberta inspect my-classifier --json`;

interface InspectFlags extends SourceFlags {
  readonly json?: boolean;
}

/** What the command tells. */
interface InspectReport extends Omit<CheckpointSummary, 'source'> {
  readonly location: string;
  /** Names of the tokenizer's files there. */
  readonly tokenizer: readonly string[];
}

/** Adds `inspect` to the program. */
export function addInspectCommand(program: Command, io: CliIo): void {
  const command = program
    .command('inspect')
    .summary('say what a checkpoint holds')
    .description('Say what a checkpoint holds: configuration, parameters, number types, size, what is missing.')
    .argument('<checkpoint>', PLACE)
    .option('--json', 'print the report as JSON, with the whole configuration');
  addSourceFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((checkpoint: string, flags: InspectFlags) => inspect(checkpoint, flags, io));
}

async function inspect(place: string, { json = false, ...flags }: InspectFlags, io: CliIo): Promise<void> {
  const { source, ...summary } = await summarizeCheckpoint(place, sourceOptions(flags, io));
  const report = { location: source.location, ...summary, tokenizer: await tokenizerFiles(source) };
  await writeText(io.stdout, json ? `${JSON.stringify(report)}\n` : describe(report));
}

function describe(report: InspectReport): string {
  const { format, layout, architecture, config, parameters, dtypes, tensors, bytes, info, tokenizer } = report;
  const labels = Object.values(config.id2label);
  const types = Object.entries(dtypes).map(([dtype, count]) => `${dtype} (${count})`);
  const rows: (readonly [name: string, value: string])[] = [
    ['format', `${format} with the names of ${layout === 'tf' ? 'TensorFlow' : 'PyTorch'}`],
    ['architecture', architecture],
    ['layers', String(config.numHiddenLayers)],
    ['hidden size', `${config.hiddenSize}, ${config.intermediateSize} in the feed-forward block`],
    ['attention heads', String(config.numAttentionHeads)],
    ['vocabulary', formatCount(config.vocabSize)],
    ['positions', `${config.maxPositionEmbeddings}, ${describePositions(config)}`],
    [
      'labels',
      labels.length > 12 ? `${labels.slice(0, 12).join(', ')} and ${labels.length - 12} more` : labels.join(', '),
    ],
    ['parameters', formatCount(parameters.total)],
    ['  embeddings', formatCount(parameters.embeddings)],
    ['  encoder', formatCount(parameters.encoder)],
    ['  head', formatCount(parameters.head)],
    ['tensors', `${formatCount(tensors)}: ${types.join(', ')}`],
    ['size', formatBytes(bytes)],
    ['tokenizer', tokenizer.length === 0 ? 'none' : tokenizer.join(', ')],
  ];
  return [table(rows), ...describeLoading(info).map((line) => `${line}\n`)].join('');
}

function describePositions(config: CheckpointSummary['config']): string {
  if (!config.relativeAttention) return 'absolute';
  const buckets = config.positionBuckets > 0 ? ` in ${config.positionBuckets} buckets` : '';
  return `relative${buckets}${config.positionBiasedInput ? ' and absolute' : ''}`;
}
