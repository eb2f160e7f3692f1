import type { DebertaV2Config } from '../../config/deberta_v2_config';
import { CheckpointError } from '../../errors';
import type { ModelClass, TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';
import type { CliIo } from '../cli_io';
import { sourceOptions } from '../source_flags';
import { whileShowing } from '../while_showing';
import type { PretrainFlags } from './pretrain_flags';

/**
 * A model to begin with: that of a checkpoint, or a new one.
 *
 * @param place of the checkpoint; a new model where there is none.
 */
export function initialModel<Model extends TFDebertaV2PreTrainedModel>(
  modelClass: ModelClass<Model>,
  place: string | undefined,
  { config, seed }: { readonly config: DebertaV2Config; readonly seed: number },
  flags: PretrainFlags,
  io: CliIo,
): Promise<Model> {
  if (place === undefined) return Promise.resolve(new modelClass(config, { seed }));
  const { fromPretrained } = modelClass as unknown as Pick<typeof TFDebertaV2PreTrainedModel, 'fromPretrained'>;
  return whileShowing('Loading', io, (onProgress) =>
    fromPretrained.call<ModelClass<Model>, [string, object], Promise<Model>>(modelClass, place, {
      ...sourceOptions(flags, io),
      config,
      seed,
      onProgress,
    }),
  );
}

/**
 * Refuses a model that was read from a checkpoint without the head it is to go on with.
 *
 * @throws {CheckpointError}
 */
export function requireHead(model: TFDebertaV2PreTrainedModel, option: string, place: string): void {
  const [missing] = model.loadingInfo.missingKeys;
  if (missing === undefined) return;
  throw new CheckpointError(
    `${place}, given by ${option}, must hold all weights of ${model.architecture} and lacks ${missing}; name another checkpoint, or leave ${option} out.`,
    { path: option, expected: missing },
  );
}
