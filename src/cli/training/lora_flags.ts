import { writeAdapter } from '../../adapters/write_adapter';
import { writeConfig } from '../../convert/config_writer';
import { UsageError } from '../../errors';
import type { TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';
import type { RunSettings } from '../../training/logs/settings_table';
import { withoutUndefined } from '../../without_undefined';
import type { TrainFlags } from './train_flags';

const OWN_FLAGS = ['loraAlpha', 'loraDropout', 'loraTargets', 'loraRslora', 'mergeLora'] as const;

/**
 * Refuses flags of an adapter without its rank, and of freezing beside it.
 *
 * @throws {UsageError} naming the flag.
 */
export function requireLoraFlags(flags: TrainFlags): void {
  const option = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const stray = OWN_FLAGS.find((name) => flags[name] !== undefined);
  if (flags.loraRank === undefined && stray !== undefined) {
    throw new UsageError(`Option ${option(stray)} is of an adapter, and there is none; add --lora-rank.`, {
      path: option(stray),
    });
  }
  if (flags.loraRank !== undefined && flags.model === undefined && !flags.mergeLora) {
    throw new UsageError(
      'An adapter is of a model that others have too, and one from scratch is not; name it by --model, or add --merge-lora.',
      { path: '--lora-rank' },
    );
  }
  if (flags.loraRank !== undefined && (flags.freezeEmbeddings || flags.freezeLayers > 0)) {
    throw new UsageError(
      'With --lora-rank everything but the adapter and the head is frozen; leave out --freeze-embeddings and --freeze-layers.',
      { path: '--lora-rank' },
    );
  }
}

/** Puts an adapter on the model that is to be trained, if there is to be one. */
export function addLora(model: TFDebertaV2PreTrainedModel, flags: TrainFlags): void {
  const { loraRank: rank, loraAlpha: alpha, loraDropout: dropout, loraTargets: targets, loraRslora: useRslora } = flags;
  if (rank !== undefined) model.addLora(withoutUndefined({ rank, alpha, dropout, targets, useRslora }));
}

/** The settings of the adapter; none without one. */
export function loraSettings({ lora }: TFDebertaV2PreTrainedModel, { loraTargets }: TrainFlags): RunSettings {
  if (lora === undefined) return {};
  const { rank, alpha, dropout, useRslora, modulesToSave, trainedParameters } = lora;
  return {
    lora_rank: rank,
    lora_alpha: alpha,
    lora_dropout: dropout,
    lora_rslora: useRslora,
    lora_targets: loraTargets ?? 'query_proj,value_proj',
    modules_to_save: modulesToSave,
    trained_parameters: trainedParameters,
  };
}

/** Writes the adapter of a model, and the configuration with the labels that it was trained for. */
export async function saveTrainedAdapter(
  folder: string,
  model: TFDebertaV2PreTrainedModel,
  { model: baseModel }: TrainFlags,
): Promise<void> {
  await writeAdapter(folder, model.adapter!, model.architecture, withoutUndefined({ baseModel }));
  await writeConfig(folder, model.config, model.architecture, 'float32');
}
