import * as tf from '@tensorflow/tfjs';
import { openCheckpoint } from '../../convert/open_checkpoint';
import { readWeight } from '../../convert/read_weight';
import { weightSpecs } from '../../convert/weight_names';
import { planWeights } from '../../convert/weight_plan';
import { CheckpointError } from '../../errors';
import type { TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';

/**
 * Replaces the weights of a model by those of a checkpoint.
 *
 * @param folder holds the same model, whole.
 * @throws {CheckpointError} when it holds another, or is damaged.
 */
export async function restoreWeights(model: TFDebertaV2PreTrainedModel, folder: string): Promise<void> {
  const { reader, close } = await openCheckpoint(folder);
  try {
    const specs = weightSpecs(model.config, model.architecture);
    const { entries, info } = planWeights(reader.tensors, reader.layout, specs);
    const [missing] = info.missingKeys;
    if (missing !== undefined) {
      throw new CheckpointError(`${folder} must hold every weight of the model and lacks ${missing}; name another.`, {
        path: missing,
      });
    }
    const weights = new Map(model.weights.map((weight) => [weight.originalName, weight]));
    for (const entry of entries) {
      const values = tf.tensor(await readWeight(reader, entry), [...entry.spec.shape], 'float32');
      weights.get(entry.spec.tfName)!.write(values);
      values.dispose();
    }
  } finally {
    await close();
  }
}
