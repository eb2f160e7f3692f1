import type { Architecture } from '../config/architecture';
import { CheckpointError, UsageError } from '../errors';
import { writeFolderAtomically } from '../files/atomic_write';
import { nodeBuiltin } from '../files/node_builtins';
import { architectureFromHead } from './architecture_from_head';
import type { CheckpointReader } from './checkpoint_reader';
import { type CheckpointFormat, writeCheckpoint } from './checkpoint_writer';
import { resolveMaskedLmHead } from './masked_lm_head';
import { type Checkpoint, openCheckpoint } from './open_checkpoint';
import { readWeightChunks } from './read_weight';
import { countParameters, weightSpecs } from './weight_names';
import { type LoadingInfo, planWeights, type WeightPlan } from './weight_plan';
import type { WeightProgress } from './weight_progress';

/** Options of {@link convertCheckpoint}. */
export interface ConversionOptions {
  /** The model to write; by default what the configuration names, else what the head in the file says. */
  readonly architecture?: Architecture | undefined;
  /** `tfjs` by default. */
  readonly format?: CheckpointFormat | undefined;
  /** Largest size of a weights file in bytes: 64 MiB by default for tfjs, 5 GB for the others. */
  readonly maxShardSize?: number | undefined;
  /** Replace the output folder if it exists; false by default. */
  readonly overwrite?: boolean | undefined;
  /** Leave head weights of another shape out instead of refusing them; false by default. */
  readonly ignoreMismatchedSizes?: boolean | undefined;
  readonly onProgress?: ((progress: WeightProgress) => void) | undefined;
}

/** What {@link convertCheckpoint} did. */
export interface ConversionReport {
  readonly sourceFormat: CheckpointReader['format'];
  readonly format: CheckpointFormat;
  readonly architecture: Architecture;
  /** Number of weights written. */
  readonly tensors: number;
  readonly parameters: number;
  /** Size of the weights written. */
  readonly bytes: number;
  readonly info: LoadingInfo;
  /** Tokenizer files copied along. */
  readonly copied: readonly string[];
}

const TOKENIZER_FILES = [
  'spm.model',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
];

/**
 * Converts a checkpoint from any format this package reads into any it writes, with its configuration and tokenizer.
 *
 * Weights are read and written one by one, so memory stays far below the size of the checkpoint. The output folder
 * appears when it is complete.
 *
 * @param source a folder, or one weights file in it.
 * @param output the folder to make.
 * @throws {CheckpointError} when the source is damaged or does not fit its configuration or the chosen model.
 * @throws {ConfigError} when its configuration is not valid.
 * @throws {OutputError} when the output exists or cannot be written; nothing of it remains.
 * @throws {UsageError} when the architecture must be named, or the output would replace the source.
 *
 * @example
 * const report = await convertCheckpoint('deberta-v3-small', 'deberta-v3-small-tfjs', {
 *   architecture: 'TFDebertaV2Model',
 * });
 * report.parameters; // 141304320
 */
export async function convertCheckpoint(
  source: string,
  output: string,
  options: ConversionOptions = {},
): Promise<ConversionReport> {
  const { format = 'tfjs', maxShardSize, overwrite = false, onProgress } = options;
  const checkpoint = await openCheckpoint(source);
  try {
    const { reader, folder } = checkpoint;
    await refuseReplacingSource(folder, output);
    const architecture = options.architecture ?? chooseArchitecture(checkpoint);
    const isMasked = architecture === 'TFDebertaV2ForMaskedLM';
    const config = isMasked ? resolveMaskedLmHead(checkpoint.config, reader.tensors) : checkpoint.config;
    const plan = planComplete(reader, weightSpecs(config, architecture), options);
    const specs = plan.entries.map(({ spec }) => spec);
    const entries = new Map(plan.entries.map((entry) => [entry.spec, entry]));
    let copied: string[] = [];
    await writeFolderAtomically(output, { overwrite }, async (target) => {
      const writeOptions = { config, architecture, format, maxShardSize, onProgress };
      await writeCheckpoint(target, writeOptions, specs, (spec) => readWeightChunks(reader, entries.get(spec)!));
      copied = await copyTokenizer(folder, target);
    });
    const parameters = countParameters(specs);
    return {
      sourceFormat: reader.format,
      format,
      architecture,
      tensors: specs.length,
      parameters,
      bytes: 4 * parameters,
      info: plan.info,
      copied,
    };
  } finally {
    await checkpoint.close();
  }
}

function chooseArchitecture({ architecture, config, reader, folder }: Checkpoint): Architecture {
  const chosen = architecture ?? architectureFromHead(config, reader.tensors);
  if (chosen !== undefined) return chosen;
  throw new UsageError(
    `Neither config.json nor the weights in ${folder} say which model this is; set the option architecture, for example to TFDebertaV2Model.`,
    { path: folder },
  );
}

/** Like `planWeights`, but a model that is written down may lack nothing. */
function planComplete(
  reader: CheckpointReader,
  specs: ReturnType<typeof weightSpecs>,
  { ignoreMismatchedSizes = false }: ConversionOptions,
): WeightPlan {
  const plan = planWeights(reader.tensors, reader.layout, specs, { ignoreMismatchedSizes });
  const { missingKeys, mismatchedKeys } = plan.info;
  const parts = new Map(specs.map(({ name, part }) => [name, part]));
  const unusable = mismatchedKeys.find(({ name }) => parts.get(name) !== 'head');
  if (unusable !== undefined) {
    throw new CheckpointError(
      `Weight ${unusable.name} must have shape [${unusable.expected}] by the configuration, received [${unusable.received}]; only weights of a head may be left out, so use the configuration that belongs to the weights.`,
      { path: unusable.name, expected: unusable.expected, received: unusable.received },
    );
  }
  if (missingKeys.length === 0) return plan;
  throw new CheckpointError(
    `The checkpoint lacks the head weights ${missingKeys.join(', ')}; choose the architecture TFDebertaV2Model to convert the bare encoder.`,
    { expected: missingKeys, received: [...reader.tensors.keys()] },
  );
}

async function refuseReplacingSource(folder: string, output: string): Promise<void> {
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

async function copyTokenizer(from: string, to: string): Promise<string[]> {
  const fs = nodeBuiltin('node:fs/promises');
  const { join } = nodeBuiltin('node:path');
  const present = new Set(await fs.readdir(from));
  const files = TOKENIZER_FILES.filter((file) => present.has(file));
  for (const file of files) await fs.copyFile(join(from, file), join(to, file));
  return files;
}
