import * as tf from '@tensorflow/tfjs';
import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import type { CheckpointReader } from '../convert/checkpoint_reader';
import { resolveMaskedLmHead } from '../convert/masked_lm_head';
import { elementCount } from '../convert/numbers/element_count';
import { openCheckpoint } from '../convert/open_checkpoint';
import { readWeight } from '../convert/read_weight';
import { weightSpecs } from '../convert/weight_names';
import { type LoadingInfo, planWeights, type WeightPlan } from '../convert/weight_plan';
import { buildWithWeights } from '../layers/deberta_layer';
import { logger } from '../logger';
import type { FromPretrainedOptions } from './model_options';

/**
 * Reads a checkpoint into a new model, weight by weight: no weight is first drawn at random and then replaced.
 *
 * @param build makes the model from the configuration in force.
 */
export async function loadPretrained<Model>(
  source: string,
  architecture: Architecture,
  options: FromPretrainedOptions,
  build: (config: DebertaV2Config) => Model,
): Promise<{ model: Model; info: LoadingInfo }> {
  const checkpoint = await openCheckpoint(source, options);
  try {
    const labelled = withLabels(checkpoint.config, options);
    const config = resolveMaskedLmHead(architecture, labelled, checkpoint.reader.tensors, options.head);
    const { ignoreMismatchedSizes = false, onProgress } = options;
    const specs = weightSpecs(config, architecture);
    const plan = planWeights(checkpoint.reader.tensors, checkpoint.reader.layout, specs, { ignoreMismatchedSizes });
    const weights = await readWeights(checkpoint.reader, plan, onProgress);
    try {
      const model = buildWithWeights(
        (path) => weights.get(path),
        () => build(config),
      );
      return { model, info: plan.info };
    } catch (error) {
      tf.dispose([...weights.values()]);
      throw error;
    }
  } finally {
    await checkpoint.close();
  }
}

function withLabels(
  config: DebertaV2Config,
  { numLabels, id2label, label2id }: FromPretrainedOptions,
): DebertaV2Config {
  return config.with({ numLabels, id2label, label2id });
}

async function readWeights(
  reader: CheckpointReader,
  { entries }: WeightPlan,
  onProgress: FromPretrainedOptions['onProgress'],
): Promise<Map<string, tf.Tensor>> {
  const weights = new Map<string, tf.Tensor>();
  const sizeOf = (shape: readonly number[]) => 4 * elementCount(shape);
  const total = entries.reduce((sum, { spec }) => sum + sizeOf(spec.shape), 0);
  let loaded = 0;
  try {
    for (const entry of entries) {
      const { tfName, name, shape } = entry.spec;
      weights.set(tfName, tf.tensor(await readWeight(reader, entry), [...shape], 'float32'));
      loaded += sizeOf(shape);
      onProgress?.({ loaded, total, name });
    }
  } catch (error) {
    tf.dispose([...weights.values()]);
    throw error;
  }
  return weights;
}

/** Says which weights of a model start fresh, and which of a checkpoint it has no use for. */
export function reportLoading(architecture: Architecture, source: string, info: LoadingInfo): void {
  const fresh = [...info.missingKeys, ...info.mismatchedKeys.map(({ name }) => name)];
  if (fresh.length > 0) {
    logger.warn(
      `${architecture}: ${fresh.join(', ')} ${fresh.length === 1 ? 'is' : 'are'} not in ${source} (or of another shape) and newly initialised; train the model before you rely on its predictions.`,
    );
  }
  if (info.unexpectedKeys.length > 0) {
    logger.info(
      `${architecture}: ${source} holds weights this model has no use for: ${info.unexpectedKeys.join(', ')}.`,
    );
  }
}
