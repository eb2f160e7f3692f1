import type { Collator, Feature } from '../../data/collator';
import { featureBatches } from '../../data/feature_batches';
import type { ReadReport } from '../../data/readers/example_stream';
import { InputError } from '../../errors';
import { logger } from '../../logger';
import type { TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';
import type { PredictFeaturesOptions } from '../../training/evaluation/predicted_batches';
import { eventsToArrive } from '../../training/events_to_arrive';
import type { CliIo } from '../cli_io';
import type { ExampleParts } from './example_parts';
import type { RunFlags } from './train_flags';
import type { PreparedTask } from './training_task';

/** Features between two looks at whether the user interrupts. */
const FEATURES_AT_A_TIME = 500;

/** Features of examples, made as they are asked for, and what became of the examples. */
export interface FeatureSource<F extends Feature> {
  readonly features: AsyncIterable<F>;
  /** Asked for when the features have been read; without it no example is left out. */
  readonly report?: () => ReadReport;
}

/** How a task makes features and measures a model by them. */
export interface TaskSteps<Example, F extends Feature> {
  readonly featuresOf: (examples: readonly Example[], part: keyof ExampleParts<Example>) => FeatureSource<F>;
  readonly collator: Collator<F>;
  readonly evaluate: (
    model: TFDebertaV2PreTrainedModel,
    features: readonly F[],
    options: PredictFeaturesOptions<F>,
  ) => Promise<Record<string, number>>;
}

/**
 * Makes the features of both parts, and of them batches and an evaluation.
 *
 * @throws {InputError} when examples have no feature.
 */
export async function prepareTask<Example, F extends Feature>(
  { train, held }: ExampleParts<Example>,
  { featuresOf, collator, evaluate }: TaskSteps<Example, F>,
  { batchSize, evalBatchSize = batchSize, groupByLength = false, seed }: RunFlags,
  { signal }: CliIo,
): Promise<PreparedTask> {
  const features = await readFeatures('to learn from', featuresOf(train, 'train'), signal);
  const heldFeatures = held.length === 0 ? [] : await readFeatures('held out', featuresOf(held, 'held'), signal);
  const options = { collator, batchSize: evalBatchSize, seed, signal };
  return {
    train: featureBatches(features, collator, { batchSize, seed, bucketByLength: groupByLength }),
    evaluate: heldFeatures.length === 0 ? undefined : (model) => evaluate(model, heldFeatures, options),
    trainFeatures: features.length,
    evalFeatures: heldFeatures.length,
    longest: [...features, ...heldFeatures].reduce((longest, { input_ids }) => Math.max(longest, input_ids.length), 0),
    rowsPerFeature: rowsOf(features[0]!),
  };
}

/** How many texts a feature is. */
function rowsOf(feature: Feature & { readonly choices?: readonly unknown[] }): number {
  return feature.choices?.length ?? 1;
}

async function readFeatures<F extends Feature>(
  which: string,
  { features, report }: FeatureSource<F>,
  signal: AbortSignal,
): Promise<F[]> {
  const list: F[] = [];
  for await (const feature of features) {
    list.push(feature);
    if (list.length % FEATURES_AT_A_TIME !== 0) continue;
    await eventsToArrive();
    signal.throwIfAborted();
  }
  const { rows, skipped, reasons } = report?.() ?? { rows: 0, skipped: 0, reasons: [] };
  if (skipped > 0) logger.warn(`Of the ${rows} examples ${which}, ${skipped} were left out; the first: ${reasons[0]}`);
  if (list.length > 0) return list;
  throw new InputError(
    `The examples ${which} must hold something to learn, and nothing of them is left; look at the data, and at --max-length.`,
    { path: 'examples' },
  );
}
