import * as tf from '@tensorflow/tfjs';
import { recordSession } from '../graph/graph_function';
import type { GraphSession } from '../graph/graph_session';
import { globalNorm } from '../ops/global_norm';
import type { RandomStream } from '../ops/random_stream';
import { withRunAfter } from '../ops/run_after';
import { makeSeedTensor, withSeedTensors } from '../ops/seed_tensor';
import { AdamWeightDecay } from '../optimizers/adam_weight_decay';
import { gradientsOf, type StepData, type StepLossFunction, type StepOutputs } from './train_step';

/** What a compiled step trains. */
export interface CompiledStepModel {
  readonly lossOf: StepLossFunction;
  /** All weights of the model. */
  readonly weights: readonly tf.Variable[];
  /** Those to train. */
  readonly trainable: readonly tf.Variable[];
  readonly optimizer: tf.Optimizer;
  /** Where dropout masks get their seeds. */
  readonly seeds: RandomStream;
}

const SCALAR = { shape: [], dtype: 'float32' } as const;

/**
 * One training step as a TensorFlow graph: loss, gradients, their sum with those accumulated, and their norm.
 *
 * Recorded once for the shapes of a batch, then run on the weights as they are. What the optimizer makes of the result is
 * outside: in the graph, old and new values of all weights and moments would be held at the same time, 7 times the
 * weights instead of 4, where one kernel for each weight changes them in place and passes over memory once.
 */
export class CompiledStep {
  readonly #session: GraphSession;
  /** The weights that have a gradient. */
  readonly #trained: readonly tf.Variable[];
  /** How many seeds a step draws. */
  readonly #seedCount: number;
  readonly #metricCount: number;

  private constructor(session: GraphSession, trained: readonly tf.Variable[], seedCount: number, metricCount: number) {
    this.#session = session;
    this.#trained = trained;
    this.#seedCount = seedCount;
    this.#metricCount = metricCount;
  }

  /**
   * Records the step for batches of the shapes of this one.
   *
   * @throws {BackendError} when something in it cannot be recorded.
   */
  static record(model: CompiledStepModel, data: StepData): CompiledStep {
    const { lossOf, weights, trainable, optimizer, seeds } = model;
    const { inputs, target, sampleWeights } = data;
    let trained: readonly tf.Variable[] = [];
    let metricCount = 0;
    let kept: readonly tf.Tensor[] = [];
    const seedFeeds = new Map<number, tf.Tensor1D>();
    const session = recordSession((trace) => {
      const fed: StepData = {
        inputs: inputs.map((tensor) => trace.feed(tensor)),
        target: trace.feed(target),
        sampleWeights: sampleWeights && trace.feed(sampleWeights),
      };
      for (const weight of weights) trace.feedVariable(weight);
      const feedSeed = (seed: number) => {
        // Gradient checkpointing draws a seed a second time.
        const known = seedFeeds.get(seed) ?? (trace.feed({ shape: [2], dtype: 'int32' }) as tf.Tensor1D);
        seedFeeds.set(seed, known);
        return known;
      };
      const { loss, weight, metrics, gradients } = withSeedTensors(feedSeed, () =>
        withRunAfter(
          (x, trigger) => trace.after(x, trigger),
          // The same numbers in every recording; what is fed later replaces them.
          () => seeds.replayFrom(0, () => gradientsOf(lossOf, fed, trainable)),
        ),
      );
      trained = trainable.filter(({ name }) => gradients[name] != null);
      metricCount = metrics.length;
      kept = [weight, ...metrics];
      const ofTrained = trained.map(({ name }) => gradients[name]!);
      if (!(optimizer instanceof AdamWeightDecay)) return [loss, ...metrics, ...ofTrained];
      const step = optimizer.planStep(trained);
      const sums = step.readsSums ? [SCALAR, ...trained].map((sum) => trace.feed(sum)) : [];
      const combined = step.combine(ofTrained, weight, sums);
      const norm = step.kind === 'update' ? globalNorm(combined) : tf.scalar(0);
      return [loss, ...metrics, norm, ...combined];
    });
    tf.dispose([...kept]);
    return new CompiledStep(session, trained, seedFeeds.size, metricCount);
  }

  /** Makes a step with a batch of the recorded shapes. */
  run({ weights, optimizer, seeds }: CompiledStepModel, { inputs, target, sampleWeights }: StepData): StepOutputs {
    return tf.tidy(() => {
      const drawn = Array.from({ length: this.#seedCount }, () => makeSeedTensor(seeds.nextInteger()));
      const step = optimizer instanceof AdamWeightDecay ? optimizer.planStep(this.#trained) : undefined;
      const data = [...inputs, target, ...(sampleWeights === undefined ? [] : [sampleWeights])];
      const results = this.#session.run([...data, ...weights, ...drawn, ...(step?.sums() ?? [])]);
      const loss = results[0] as tf.Scalar;
      const metrics = results.slice(1, 1 + this.#metricCount);
      const rest = results.slice(1 + this.#metricCount);
      if (step === undefined) {
        optimizer.applyGradients(Object.fromEntries(this.#trained.map(({ name }, index) => [name, rest[index]!])));
      } else {
        const [norm, ...combined] = rest;
        step.finish(combined, norm!.dataSync()[0]!, Number.isFinite(loss.dataSync()[0]));
      }
      return { loss, metrics };
    });
  }

  dispose(): void {
    this.#session.dispose();
  }
}
