import * as tf from '@tensorflow/tfjs';
import { BoundedCache } from '../bounded_cache';
import { BackendError } from '../errors';
import { supportsGraphSessions } from '../graph/graph_session';
import { logger } from '../logger';
import type { RandomStream } from '../ops/random_stream';
import { AdamWeightDecay } from '../optimizers/adam_weight_decay';
import { CompiledStep, type CompiledStepModel } from './compiled_step';
import { type LabelPadding, padStep } from './pad_step';
import { type StepData, type StepLossFunction, type StepOutputs, trainStep } from './train_step';

/** What {@link ModelTrainer} trains. */
export interface TrainedModel {
  readonly lossOf: StepLossFunction;
  /** All weights, in their order. */
  readonly weights: () => tf.Variable[];
  /** Those that are not frozen. */
  readonly trainable: () => tf.Variable[];
  readonly optimizer: tf.Optimizer;
  /** Where dropout masks get their seeds. */
  readonly seeds: RandomStream;
  readonly labelPadding: LabelPadding;
  /** Tokens of a text at most. */
  readonly longest: number;
  /** What else the step depends on, as a text. */
  readonly variant: () => string;
  /** Whether every step is made operation by operation. */
  readonly runsEagerly: boolean;
}

/** Shapes whose graphs are kept at a time. */
const KEPT_STEPS = 16;

/**
 * Makes the steps of a compiled model: on the backend `tensorflow` each as one graph, elsewhere operation by operation.
 *
 * There, batches are padded to a few lengths, whether the graph is used or not, so that both draw the same masks.
 */
export class ModelTrainer {
  readonly #model: TrainedModel;
  readonly #steps = new BoundedCache<string, CompiledStep>(KEPT_STEPS, (step) => step.dispose());
  #runsEagerly: boolean;

  constructor(model: TrainedModel) {
    this.#model = model;
    this.#runsEagerly = model.runsEagerly;
  }

  /** One step; the tensors given stay the caller's, and what comes back is. */
  run(data: StepData): StepOutputs {
    return tf.tidy(() => {
      const { lossOf, labelPadding, longest, optimizer, seeds } = this.#model;
      const trainable = this.#model.trainable();
      if (!supportsGraphSessions()) return trainStep(lossOf, data, trainable, optimizer);
      const padded = padStep(data, labelPadding, longest);
      if (!this.#runsEagerly && !this.#isOnGpu()) {
        const parts = { lossOf, weights: this.#model.weights(), trainable, optimizer, seeds };
        const compiled = this.#compiledStep(parts, padded);
        if (compiled !== undefined) return compiled.run(parts, padded);
      }
      return trainStep(lossOf, padded, trainable, optimizer);
    });
  }

  #compiledStep(parts: CompiledStepModel, data: StepData): CompiledStep | undefined {
    const { optimizer, trainable } = parts;
    const kind = optimizer instanceof AdamWeightDecay ? optimizer.planStep([]).kind : 'gradients';
    const shapes = [...data.inputs, data.target, data.sampleWeights].map(
      (tensor) => `${tensor?.dtype}[${tensor?.shape}]`,
    );
    const key = [kind, this.#model.variant(), ...shapes, ...trainable.map(({ id }) => id)].join(' ');
    try {
      return this.#steps.get(key, () => CompiledStep.record(parts, data));
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      logger.warn(`Training goes on operation by operation, which is slower: ${error.message}`);
      this.#runsEagerly = true;
      return undefined;
    }
  }

  /** A graph is fed weights from the host's memory, which would cross to the GPU and back in every step. */
  #isOnGpu(): boolean {
    const { isUsingGpuDevice = false } = tf.backend() as { isUsingGpuDevice?: boolean };
    if (isUsingGpuDevice) {
      logger.info('Training runs operation by operation: on a GPU the weights stay on the device.');
      this.#runsEagerly = true;
    }
    return isUsingGpuDevice;
  }

  /** Releases what is kept beside weights and optimizer. */
  dispose(): void {
    this.#steps.clear();
  }
}
