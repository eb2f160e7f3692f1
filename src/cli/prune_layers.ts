import { type Command, Option } from 'commander';
import { copyTokenizer } from '../convert/tokenizer_files';
import { UsageError } from '../errors';
import { LAYER_STRATEGIES, type LayerChoice, type LayerStrategy, layersToKeep } from '../models/layers_to_keep';
import type { CliIo } from './cli_io';
import { formatCount } from './format_count';
import { parseLayers } from './parse_layers';
import { addRewriteFlags, type RewriteFlags, rewriteCheckpoint } from './rewrite_checkpoint';
import { PLACE } from './source_flags';
import { writeText } from './write_text';

interface PruneFlags extends RewriteFlags {
  readonly keep: readonly number[];
  readonly strategy?: NonNullable<LayerStrategy['strategy']>;
}

/** What was written. */
interface Report {
  readonly output: string;
  /** Indices that the layers had before. */
  readonly layers: readonly number[];
  readonly layersBefore: number;
  readonly parametersBefore: number;
  readonly parameters: number;
  /** The tokenizer's, as they were. */
  readonly copied: readonly string[];
}

const EXAMPLES = `
Layers count from 0, from the embeddings on. The output is an ordinary checkpoint of fewer layers, to be fine-tuned;
it predicts worse until then. The convolution of v2 models stays beside whichever layer is then the first.

Examples:
  $ tfjs-deberta prune-layers deberta-v3-base deberta-v3-base-6 --keep 0,2,4,6,8,10
  $ tfjs-deberta prune-layers my-classifier small --keep 3 --strategy first --to safetensors`;

/** Adds `prune-layers` to the program. */
export function addPruneLayersCommand(program: Command, io: CliIo): void {
  const command = program
    .command('prune-layers')
    .summary('keep some layers of a checkpoint')
    .description('Write a checkpoint with some of its layers alone.')
    .argument('<checkpoint>', PLACE)
    .argument('<output>', 'folder to make')
    .requiredOption('--keep <layers>', 'layers to keep (0,2,4); with --strategy, how many', parseLayers)
    .addOption(new Option('--strategy <rule>', 'which layers, of a number').choices(LAYER_STRATEGIES));
  addRewriteFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((checkpoint: string, output: string, flags: PruneFlags) => pruneLayers(checkpoint, output, flags, io));
}

async function pruneLayers(
  checkpoint: string,
  output: string,
  { keep, strategy, json, ...flags }: PruneFlags,
  io: CliIo,
): Promise<void> {
  const choice = choiceOf(keep, strategy);
  const report = await rewriteCheckpoint(checkpoint, output, flags, io, async (model, { source, config }) => {
    const { numHiddenLayers: layersBefore } = config;
    const layers = layersToKeep(choice, layersBefore);
    const parametersBefore = model.numParameters();
    model.pruneLayers(layers);
    const copied: string[] = [];
    const writeOthers = async (folder: string) => copied.push(...(await copyTokenizer(source, folder)));
    const parameters = model.numParameters();
    const report: Report = { output, layers, layersBefore, parametersBefore, parameters, copied };
    return { report, writeOthers };
  });
  await writeText(io.stdout, json ? `${JSON.stringify(report)}\n` : describe(report));
}

function choiceOf(keep: readonly number[], strategy: PruneFlags['strategy']): LayerChoice {
  if (strategy === undefined) return keep;
  const [count, ...others] = keep;
  if (count !== undefined && others.length === 0) return { keep: count, strategy };
  throw new UsageError(
    `Option --keep must be one number beside --strategy, received ${keep.join(',')}; leave --strategy out to name layers.`,
    { path: '--keep', expected: 'a number', received: keep },
  );
}

function describe({ output, layers, layersBefore, parametersBefore, parameters, copied }: Report): string {
  const lines = [
    `Layers ${layers.join(', ')} of ${layersBefore} written to ${output}.`,
    `${formatCount(parametersBefore)} parameters to ${formatCount(parameters)}.`,
    `Files copied: ${copied.length === 0 ? 'none' : copied.join(', ')}.`,
  ];
  return `${lines.join('\n')}\n`;
}
