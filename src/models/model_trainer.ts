import * as tf from '@tensorflow/tfjs';
import { BackendError } from '../errors';
import { supportsGraphSessions } from '../graph/graph_session';
import { logger } from '../logger';
import type { RandomStream } from '../ops/random_stream';
import { AdamWeightDecay } from '../optimizers/adam_weight_decay';
import { CompiledStep } from './compiled_step';
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
  readonly #steps = new Map<string, CompiledStep>();
  #runsEagerly: boolean;

  constructor(model: TrainedModel) {
    this.#model = model;
    this.#runsEagerly = model.runsEagerly;
  }

  /** One step; the tensors given stay the caller's, and what comes back is. */
  run(data: StepData): StepOutputs {
    return tf.tidy(() => {
      const { lossOf, trainable, optimizer, labelPadding, longest } = this.#model;
      if (!supportsGraphSessions()) return trainStep(lossOf, data, trainable(), optimizer);
      const padded = padStep(data, labelPadding, longest);
      const compiled = this.#compiledStep(padded);
      if (compiled === undefined) return trainStep(lossOf, padded, trainable(), optimizer);
      return compiled.run(this.#parts(), padded);
    });
  }

  #compiledStep(data: StepData): CompiledStep | undefined {
    if (this.#runsEagerly || this.#isOnGpu()) return undefined;
    const { optimizer, variant, trainable } = this.#model;
    const kind = optimizer instanceof AdamWeightDecay ? optimizer.planStep([]).kind : 'gradients';
    const shapes = [...data.inputs, data.target, data.sampleWeights].map(
      (tensor) => `${tensor?.dtype}[${tensor?.shape}]`,
    );
    const key = [kind, variant(), ...shapes, ...trainable().map(({ id }) => id)].join(' ');
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    if (this.#steps.size >= KEPT_STEPS) this.#forgetOldest();
    try {
      const made = CompiledStep.record(this.#parts(), data);
      this.#steps.set(key, made);
      return made;
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

  #parts() {
    const { lossOf, weights, trainable, optimizer, seeds } = this.#model;
    return { lossOf, weights: weights(), trainable: trainable(), optimizer, seeds };
  }

  #forgetOldest(): void {
    const [key, step] = this.#steps.entries().next().value!;
    step.dispose();
    this.#steps.delete(key);
  }

  /** Releases what is kept beside weights and optimizer. */
  dispose(): void {
    for (const step of this.#steps.values()) step.dispose();
    this.#steps.clear();
  }
}
