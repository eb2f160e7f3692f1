import * as tf from '@tensorflow/tfjs';
import { readAdapter } from '../adapters/read_adapter';
import { writeAdapter } from '../adapters/write_adapter';
import type { Batch } from '../data/batch';
import { batchToTensors } from '../data/batch_tensors';
import { namedWeight } from '../models/named_weight';
import type { TFDebertaV2PreTrainedModel } from '../models/pretrained_model';
import type { TrainStepResult } from '../models/train_step_result';
import { writePretrained } from '../models/write_pretrained';
import type { NamedWeight } from '../optimizers/adam_weight_decay';
import { describeModel, describeOptimizer, prefixed } from './checkpoints/describe_settings';
import { readOptimizerState, writeOptimizerState } from './checkpoints/optimizer_state';
import { restoreWeights } from './checkpoints/restore_weights';
import type { Trainee } from './trainee';

/** A compiled model, trained by itself. */
export class ModelTrainee implements Trainee<TFDebertaV2PreTrainedModel> {
  constructor(readonly model: TFDebertaV2PreTrainedModel) {}

  get seeds(): number {
    return this.model.deberta.seeds.state;
  }

  set seeds(seed: number) {
    this.model.setSeed(seed);
  }

  get weights(): readonly NamedWeight[] {
    // With an adapter the base model stays as it is.
    return this.model.adapter === undefined ? this.model.weights.map(namedWeight) : this.trainedWeights;
  }

  get trainedWeights(): readonly NamedWeight[] {
    return this.model.trainableWeights.map(namedWeight);
  }

  async step(batch: Batch): Promise<TrainStepResult> {
    const { xs, ys } = batchToTensors(batch);
    try {
      return await this.model.trainStep(xs, ys);
    } finally {
      tf.dispose([xs, ys]);
    }
  }

  describe(): Record<string, unknown> {
    return {
      ...prefixed('model', describeModel(this.model)),
      ...prefixed('optimizer', describeOptimizer(this.model.optimizer)),
    };
  }

  async save(folder: string): Promise<void> {
    const { adapter, architecture, config, weights, optimizer } = this.model;
    if (adapter === undefined) await writePretrained(folder, architecture, config, weights, { format: 'safetensors' });
    else await writeAdapter(folder, adapter, architecture);
    await writeOptimizerState(folder, optimizer);
  }

  async restore(folder: string): Promise<void> {
    await this.restoreWeights(folder);
    await readOptimizerState(folder, this.model.optimizer);
  }

  async restoreWeights(folder: string): Promise<void> {
    const { adapter } = this.model;
    if (adapter === undefined) await restoreWeights(this.model, folder);
    else adapter.write((await readAdapter(folder, this.model)).values);
  }
}
