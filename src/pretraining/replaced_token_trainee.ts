import * as tf from '@tensorflow/tfjs';
import { writeCheckpoint } from '../convert/checkpoint_writer';
import { GENERATOR_FOLDER } from '../convert/pytorch/original_reader';
import { openSafetensors } from '../convert/safetensors/safetensors_reader';
import { weightSpecs } from '../convert/weight_names';
import type { Batch } from '../data/batch';
import { CheckpointError } from '../errors';
import { nodeBuiltin } from '../files/node_builtins';
import { namedWeight } from '../models/named_weight';
import type { TFDebertaV2PreTrainedModel } from '../models/pretrained_model';
import type { TrainStepResult } from '../models/train_step_result';
import { writePretrained } from '../models/write_pretrained';
import type { NamedWeight } from '../optimizers/adam_weight_decay';
import { localFolder } from '../sources/local_folder';
import { describeModel, describeOptimizer, prefixed } from '../training/checkpoints/describe_settings';
import { readOptimizerState, writeOptimizerState } from '../training/checkpoints/optimizer_state';
import { restoreWeights } from '../training/checkpoints/restore_weights';
import type { Trainee } from '../training/trainee';
import type { ReplacedTokenDetectionPretraining } from './replaced_token_detection_pretraining';

const WEIGHTS_FILE = 'model.safetensors';

/**
 * Replaced token detection as the loop of `train` trains it.
 *
 * A checkpoint is laid out as microsoft/DeBERTa names its weights: the discriminator's file has deltas as `_weight` in
 * the place of tables, and the generator's, with the tables themselves, lies in the folder `generator`. Read as a model,
 * it is the discriminator with whole tables.
 */
export class ReplacedTokenTrainee implements Trainee<ReplacedTokenDetectionPretraining> {
  constructor(readonly model: ReplacedTokenDetectionPretraining) {}

  get seeds(): number {
    return this.model.seeds.state;
  }

  set seeds(seed: number) {
    this.model.seeds.state = seed;
  }

  get weights(): readonly NamedWeight[] {
    const { generator, discriminator, tables } = this.model;
    return this.#named(generator.weights, [...discriminator.weights.map(namedWeight), ...tables.deltas]);
  }

  get trainedWeights(): readonly NamedWeight[] {
    const { generator, discriminator, tables } = this.model;
    const own = discriminator.trainableWeights.map((weight) => tables.targetOf(namedWeight(weight)));
    const ofGenerator = new Set(generator.weights.map((weight) => weight.read()));
    return this.#named(
      generator.trainableWeights,
      own.filter(({ variable }) => !ofGenerator.has(variable)),
    );
  }

  #named(ofGenerator: readonly tf.LayerVariable[], ofDiscriminator: readonly NamedWeight[]): NamedWeight[] {
    const under = (folder: string) => (weight: NamedWeight) => ({ ...weight, path: `${folder}/${weight.path}` });
    return [...ofGenerator.map(namedWeight).map(under('generator')), ...ofDiscriminator.map(under('discriminator'))];
  }

  step(batch: Batch): Promise<TrainStepResult> {
    return this.model.step(batch);
  }

  describe(): Record<string, unknown> {
    const { generator, discriminator, embeddingSharing, lambda } = this.model;
    return {
      ...prefixed('generator', describeModel(generator)),
      ...prefixed('generator_optimizer', describeOptimizer(this.model.generatorOptimizer)),
      ...prefixed('discriminator', describeModel(discriminator)),
      ...prefixed('discriminator_optimizer', describeOptimizer(this.model.discriminatorOptimizer)),
      embedding_sharing: embeddingSharing,
      lambda,
    };
  }

  async save(folder: string): Promise<void> {
    const { generator, generatorOptimizer, discriminatorOptimizer } = this.model;
    const inner = generatorFolder(folder);
    await nodeBuiltin('node:fs/promises').mkdir(inner);
    await writePretrained(inner, generator.architecture, generator.config, generator.weights, {
      format: 'safetensors',
    });
    await writeOptimizerState(inner, generatorOptimizer);
    await this.#writeDiscriminator(folder);
    await writeOptimizerState(folder, discriminatorOptimizer);
  }

  async #writeDiscriminator(folder: string): Promise<void> {
    const { discriminator, tables } = this.model;
    const { config, architecture, weights } = discriminator;
    const written = new Map(weights.map((weight) => [weight.originalName, tables.deltaOf(weight.originalName)]));
    const variables = new Map(weights.map(namedWeight).map(({ path, variable }) => [path, variable]));
    const specs = weightSpecs(config, architecture).map((spec) =>
      written.get(spec.tfName) === undefined ? spec : { ...spec, name: originalDeltaName(spec.name) },
    );
    // In one file, where the deltas are looked for.
    const options = { config, architecture, format: 'safetensors', maxShardSize: Number.MAX_SAFE_INTEGER } as const;
    await writeCheckpoint(folder, options, specs, async function* ({ tfName }) {
      yield (await (written.get(tfName)?.variable ?? variables.get(tfName)!).data()) as Float32Array;
    });
  }

  async restore(folder: string): Promise<void> {
    await this.restoreWeights(folder);
    await readOptimizerState(generatorFolder(folder), this.model.generatorOptimizer);
    await readOptimizerState(folder, this.model.discriminatorOptimizer);
  }

  async restoreWeights(folder: string): Promise<void> {
    const { generator, discriminator, tables } = this.model;
    await restoreWeights(generator, generatorFolder(folder));
    await restoreWeights(discriminator, folder);
    if (tables.deltas.length > 0) await restoreDeltas(folder, discriminator, tables.deltaOf.bind(tables));
    tables.refresh();
  }
}

/** The deltas as they are: from whole tables they would come back rounded. */
async function restoreDeltas(
  folder: string,
  { config, architecture }: TFDebertaV2PreTrainedModel,
  deltaOf: (path: string) => NamedWeight | undefined,
): Promise<void> {
  const reader = await openSafetensors(localFolder(folder), WEIGHTS_FILE);
  try {
    for (const { name, tfName } of weightSpecs(config, architecture)) {
      const delta = deltaOf(tfName);
      if (delta === undefined) continue;
      const key = originalDeltaName(name);
      if (!reader.tensors.has(key)) {
        throw new CheckpointError(
          `${folder} must hold ${key}, the difference to the generator's table, and does not; name a checkpoint of a run with embeddingSharing 'gdes'.`,
          { path: key },
        );
      }
      const values = tf.tensor(await reader.read(key), delta.variable.shape, 'float32');
      delta.variable.assign(values);
      values.dispose();
    }
  } finally {
    await reader.close();
  }
}

const generatorFolder = (folder: string) => nodeBuiltin('node:path').join(folder, GENERATOR_FOLDER);

const originalDeltaName = (name: string) => name.replace(/\.weight$/, '._weight');
