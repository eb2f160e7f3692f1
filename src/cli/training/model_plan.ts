import { type Architecture, architectureOf } from '../../config/architecture';
import type { DebertaV2Config } from '../../config/deberta_v2_config';
import { UsageError } from '../../errors';
import type { TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';
import { summarizeCheckpoint } from '../checkpoint_summary';
import type { CliIo } from '../cli_io';
import { MODEL_CLASSES } from '../model_classes';
import { readConfigFile } from '../read_config_file';
import { sourceOptions } from '../source_flags';
import { whileShowing } from '../while_showing';
import type { TrainFlags } from './train_flags';

/** A model with a head for a task of the user's; replaced tokens are detected in pre-training. */
export type TrainedArchitecture = Exclude<Architecture, 'TFDebertaV2Model' | 'TFDebertaV2ForReplacedTokenDetection'>;

/** What is to be trained, before it is loaded. */
export interface ModelPlan {
  readonly architecture: TrainedArchitecture;
  /** As it is before the task's labels are put in. */
  readonly config: DebertaV2Config;
  /** Whether the head is there and trained, for the labels of the configuration. */
  readonly hasHead: boolean;
  /** Where the tokenizer is. */
  readonly tokenizer: string;
  /** Makes the model; weights of a head that is not there, or is for other labels, start fresh. */
  load(config: DebertaV2Config): Promise<TFDebertaV2PreTrainedModel>;
}

/**
 * Looks at the checkpoint to start from, or at the configuration of a model from scratch; no weight is read.
 *
 * @throws {UsageError} when neither is given, a tokenizer is missing, or the task is none to train for.
 */
export async function planModel(flags: TrainFlags, io: CliIo): Promise<ModelPlan> {
  return flags.model === undefined ? planFromScratch(flags) : planFromCheckpoint(flags.model, flags, io);
}

function requireHead(architecture: Architecture | undefined): TrainedArchitecture {
  const isBare = architecture === undefined || architecture === 'TFDebertaV2Model';
  if (!isBare && architecture !== 'TFDebertaV2ForReplacedTokenDetection') return architecture;
  throw new UsageError(
    isBare
      ? 'A model must have a head to be trained, and this is a bare encoder; name a task by --task.'
      : 'Replaced tokens are detected in pre-training, which is the command pretrain; name another task by --task.',
    { path: '--task', received: architecture },
  );
}

async function planFromCheckpoint(place: string, flags: TrainFlags, io: CliIo): Promise<ModelPlan> {
  const given = flags.config === undefined ? undefined : await readConfigFile(flags.config);
  const options = { ...sourceOptions(flags, io), config: given };
  const { config, info, source, ...summary } = await summarizeCheckpoint(place, options, flags.task);
  const architecture = requireHead(summary.architecture);
  return {
    architecture,
    config,
    hasHead: info.missingKeys.length === 0 && info.mismatchedKeys.length === 0,
    tokenizer: flags.tokenizer ?? source.location,
    load: (labelled) =>
      whileShowing('Loading', io, (onProgress) =>
        MODEL_CLASSES[architecture].fromPretrained(place, {
          ...options,
          config: labelled,
          seed: flags.seed,
          ignoreMismatchedSizes: true,
          onProgress,
        }),
      ),
  };
}

async function planFromScratch({ config: file, tokenizer, task, seed }: TrainFlags): Promise<ModelPlan> {
  if (file === undefined || tokenizer === undefined) {
    throw new UsageError(
      'There must be a model to train, received none; name a checkpoint by --model, or give --config and --tokenizer to train from scratch.',
      { path: '--model', expected: ['--model', '--config and --tokenizer'] },
    );
  }
  const config = await readConfigFile(file);
  const architecture = requireHead(task ?? architectureOf(config.toJSON()));
  return {
    architecture,
    config,
    hasHead: false,
    tokenizer,
    load: async (labelled) => new MODEL_CLASSES[architecture](labelled, { seed }),
  };
}
