import * as tf from '@tensorflow/tfjs';
import { InputError, UsageError } from '../errors';
import { logger } from '../logger';
import { globalNorm } from '../ops/global_norm';
import { AdamUpdate } from './adam_update';
import type { OptimizerStep } from './optimizer_step';
import type { Schedule } from './schedules';
import { type WeightRule, type WeightRuleOptions, weightRule } from './weight_rule';

/** Options of {@link AdamWeightDecay}. */
export interface AdamWeightDecayOptions extends Omit<WeightRuleOptions, 'numHiddenLayers'> {
  /** A rate, or one for each step; 1e-3 by default. */
  readonly learningRate?: number | Schedule;
  /** Decay of the mean of gradients, 0.9 by default. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients, 0.999 by default. */
  readonly beta2?: number;
  /** Added to the root of the mean of squares, 1e-8 by default. */
  readonly epsilon?: number;
  /** Share of a weight, times the learning rate, that each step takes off it; 0 by default. */
  readonly weightDecayRate?: number;
  /** Whether the means are corrected for starting at 0, true by default; Microsoft's XAdam does not. */
  readonly biasCorrection?: boolean;
  /** Largest norm of the whole gradient, which is scaled down to it; no limit by default. */
  readonly clipNorm?: number;
  /** Calls whose gradients make one step together, 1 by default. */
  readonly accumulationSteps?: number;
  /** Decay of a running mean of the weights, such as 0.999; none is kept by default. See `swapAverages`. */
  readonly averageDecay?: number;
}

/** What the optimizer did last. */
export interface LastStep {
  /** Rate of the step, before `layerwiseDecay`. */
  readonly learningRate: number;
  /** Norm of the whole gradient before clipping; undefined while gradients are accumulated. */
  readonly gradientNorm: number | undefined;
  /** Whether weights may have changed; false while gradients are accumulated. */
  readonly isUpdate: boolean;
  /** Whether the loss or the gradient was not finite, and the batch was left out. */
  readonly isSkipped: boolean;
}

/** A weight under the name it has in checkpoints. */
export interface NamedWeight {
  readonly path: string;
  readonly variable: tf.Variable;
}

type SlotName = 'm' | 'v' | 'accumulated' | 'average';

/** A tensor of the optimizer's state; tfjs exports no name for it. */
export type NamedTensor = Awaited<ReturnType<tf.Optimizer['getWeights']>>[number];

const DEFAULTS = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecayRate: 0 } as const;

/**
 * Adam with decoupled weight decay (AdamW), with what fine-tuning of transformers needs around it: a schedule, clipping
 * by the norm of the whole gradient, accumulation of gradients, rates by layer, a running mean of the weights.
 *
 * A gradient with NaN or infinity changes nothing: the step is left out with a warning, and {@link lastStep} says so.
 *
 * Gives the numbers of `torch.optim.AdamW` with `clip_grad_norm_`; mirrors `AdamWeightDecay` of transformers, whose
 * default is likewise no decay. With `{ biasCorrection: false, epsilon: 1e-6 }` it is Microsoft's XAdam.
 *
 * @throws {UsageError} for options out of range.
 *
 * @example
 * const optimizer = new AdamWeightDecay({
 *   learningRate: linearSchedule({ peak: 2e-5, totalSteps: 900, warmupSteps: 90 }),
 *   weightDecayRate: 0.01,
 *   clipNorm: 1,
 * });
 * model.compile({ optimizer });
 */
export class AdamWeightDecay extends tf.Optimizer {
  static className = 'DebertaAdamWeightDecay';

  /** tfjs lets every optimizer pass for an instance of each of its classes. */
  static override [Symbol.hasInstance](candidate: unknown): boolean {
    return typeof (candidate as Partial<AdamWeightDecay> | null)?.planStep === 'function';
  }

  readonly options: AdamWeightDecayOptions;
  readonly #schedule: Schedule;
  readonly #slots = new Map<string, tf.Variable>();
  readonly #paths = new Map<string, string>();
  #restored = new Map<string, tf.Tensor>();
  #accumulatedCalls = 0;
  #numHiddenLayers = 0;
  #lastStep: LastStep | undefined;

  constructor(options: AdamWeightDecayOptions = {}) {
    super();
    // The base class leaves it undefined until somebody asks.
    this.iterations_ = 0;
    requireOptions(options);
    this.options = options;
    const { learningRate = DEFAULTS.learningRate } = options;
    this.#schedule = typeof learningRate === 'number' ? () => learningRate : learningRate;
  }

  /** What the last call did; undefined before the first. */
  get lastStep(): LastStep | undefined {
    return this.#lastStep;
  }

  /** Rate of the next step. */
  get learningRate(): number {
    return this.#schedule(this.iterations_);
  }

  /** Calls whose gradients wait for the step they are part of. */
  get accumulatedCalls(): number {
    return this.#accumulatedCalls;
  }

  /**
   * Tells which weight is which, so that rules go by the names in checkpoints; `compile` of a model calls it. Without it
   * rules go by the names of variables.
   */
  nameWeights(weights: readonly NamedWeight[], numHiddenLayers: number): void {
    this.#numHiddenLayers = numHiddenLayers;
    for (const { path, variable } of weights) this.#paths.set(variable.name, path);
  }

  /** One step, or one call of those that make a step. The gradients stay the caller's. */
  override applyGradients(variableGradients: tf.NamedTensorMap | NamedTensor[]): void {
    const named = Array.isArray(variableGradients)
      ? variableGradients
      : Object.entries(variableGradients).map(([name, tensor]) => ({ name, tensor }));
    const given = named.filter(({ tensor }) => tensor != null);
    const variables = given.map(({ name }) => registeredVariable(name));
    const gradients = given.map(({ tensor }) => tensor);
    tf.tidy(() => this.computeStep(variables, gradients, tf.scalar(1), true));
  }

  /**
   * {@link applyGradients} with a say in how much the gradients count among those accumulated.
   *
   * @param gradientWeight such as the number of labels that a mean loss went over; gradients of several calls are
   *   averaged by it.
   * @param hasFiniteLoss false leaves the batch out.
   */
  computeStep(
    variables: readonly tf.Variable[],
    gradients: readonly tf.Tensor[],
    gradientWeight: tf.Scalar,
    hasFiniteLoss: boolean,
  ): void {
    const step = this.planStep(variables);
    tf.tidy(() => {
      const combined = step.combine(gradients, gradientWeight, step.sums());
      const norm = step.kind === 'update' ? globalNorm(combined).dataSync()[0]! : 0;
      step.finish(combined, norm, hasFiniteLoss);
    });
  }

  /** What the next call does with the gradients of these weights, see `OptimizerStep`. */
  planStep(variables: readonly tf.Variable[]): OptimizerStep {
    const { accumulationSteps = 1 } = this.options;
    const isUpdate = this.#accumulatedCalls + 1 >= accumulationSteps;
    const kind = isUpdate ? 'update' : this.#accumulatedCalls === 0 ? 'start' : 'add';
    const readsSums = this.#accumulatedCalls > 0;
    return {
      kind,
      readsSums,
      sums: () => (readsSums ? this.#sums(variables) : []),
      combine: (gradients, gradientWeight, sums) => {
        if (isUpdate && !readsSums) return gradients;
        const totals = accumulate(gradients, gradientWeight, sums);
        return isUpdate ? totals.slice(1).map((total) => tf.div(total, totals[0]!)) : totals;
      },
      finish: (combined, norm, hasFiniteLoss) => {
        if (!hasFiniteLoss) this.#leaveOut('its loss', isUpdate, undefined);
        else if (!isUpdate) this.#keepSums(variables, combined);
        else if (!Number.isFinite(norm)) this.#leaveOut('the norm of its gradient', isUpdate, norm);
        else this.#update(variables, combined, norm);
      },
    };
  }

  #leaveOut(what: string, isUpdate: boolean, gradientNorm: number | undefined): void {
    logger.warn(`Step ${this.iterations_ + 1} left a batch out: ${what} is not finite.`);
    this.#lastStep = { learningRate: this.learningRate, gradientNorm, isUpdate, isSkipped: true };
    // A batch whose loss says nothing is as if it had not been there; the sum it would have been part of goes on.
    if (gradientNorm !== undefined) this.#accumulatedCalls = 0;
  }

  #keepSums(variables: readonly tf.Variable[], sums: readonly tf.Tensor[]): void {
    for (const [index, variable] of this.#sums(variables).entries()) variable.assign(sums[index]!);
    this.#accumulatedCalls++;
    const { learningRate } = this;
    this.#lastStep = { learningRate, gradientNorm: undefined, isUpdate: false, isSkipped: false };
  }

  #update(variables: readonly tf.Variable[], gradients: readonly tf.Tensor[], gradientNorm: number): void {
    const { averageDecay, clipNorm = Number.POSITIVE_INFINITY, biasCorrection = true } = this.options;
    const { learningRate } = this;
    const update = new AdamUpdate({ ...DEFAULTS, ...this.options, biasCorrection }, learningRate, this.iterations_ + 1);
    // As clip_grad_norm_ of PyTorch, the small number included.
    const scale = Math.min(1, clipNorm / (gradientNorm + 1e-6));
    // All of them before the first change: state of another model is refused while nothing has happened.
    const slots = variables.map((weight) => ({
      m: this.#slot(weight, 'm'),
      v: this.#slot(weight, 'v'),
      average: averageDecay === undefined ? undefined : this.#slot(weight, 'average'),
    }));
    // Weight by weight, so that old and new values of all weights are never held at once.
    for (const [index, weight] of variables.entries()) {
      tf.tidy(() => {
        const { m, v, average } = slots[index]!;
        const gradient = scale === 1 ? gradients[index]! : tf.mul(gradients[index]!, scale);
        update.apply({ weight, m, v }, gradient, this.#rule(weight));
        average?.assign(tf.add(average, tf.mul(tf.sub(weight, average), 1 - averageDecay!)));
      });
    }
    this.#accumulatedCalls = 0;
    this.incrementIterations();
    this.#lastStep = { learningRate, gradientNorm, isUpdate: true, isSkipped: false };
  }

  #rule(variable: tf.Variable): WeightRule {
    return weightRule(this.#pathOf(variable), { ...this.options, numHiddenLayers: this.#numHiddenLayers });
  }

  #pathOf(variable: tf.Variable): string {
    return this.#paths.get(variable.name) ?? variable.name;
  }

  #sums(variables: readonly tf.Variable[]): tf.Variable[] {
    const sumOfWeights = this.#keptUnder('accumulated_weight', [], () => tf.scalar(0));
    return [sumOfWeights, ...variables.map((variable) => this.#slot(variable, 'accumulated'))];
  }

  #slot(variable: tf.Variable, name: SlotName): tf.Variable {
    const { shape } = variable;
    const initial = () => (name === 'average' ? tf.clone(variable as tf.Tensor) : tf.zeros(shape));
    return this.#keptUnder(`${this.#pathOf(variable)}/${name}`, shape, initial);
  }

  /** What is kept from step to step under a name; at first what {@link setWeights} was given, or an initial value. */
  #keptUnder(key: string, shape: number[], initial: () => tf.Tensor): tf.Variable {
    const known = this.#slots.get(key);
    if (known !== undefined && tf.util.arraysEqual(known.shape, shape)) return known;
    // Of a weight that was resized.
    known?.dispose();
    const made = tf.tidy(() => tf.variable(this.#takeRestored(key, shape) ?? initial(), false));
    this.#slots.set(key, made);
    return made;
  }

  /** A value given to {@link setWeights}, which the first step after it takes over. */
  #takeRestored(key: string, shape: number[]): tf.Tensor | undefined {
    const restored = this.#restored.get(key);
    if (restored === undefined) return undefined;
    if (!tf.util.arraysEqual(restored.shape, shape)) {
      throw new InputError(
        `The optimizer state ${key} must have the shape of its weight, [${shape}], received [${restored.shape}]; it belongs to another model.`,
        { path: key, expected: shape, received: restored.shape },
      );
    }
    this.#restored.delete(key);
    // Inside of the caller's tidy, which releases it.
    return tf.tidy(() => {
      const value = tf.clone(restored);
      restored.dispose();
      return value;
    });
  }

  /**
   * Exchanges the weights with their running means, for evaluating or saving these; a second call changes them back.
   *
   * @throws {UsageError} without `averageDecay`.
   */
  swapAverages(variables: readonly tf.Variable[]): void {
    if (this.options.averageDecay === undefined) {
      throw new UsageError('swapAverages needs running means of the weights; give the optimizer averageDecay.');
    }
    for (const variable of variables) {
      const average = this.#slot(variable, 'average');
      tf.tidy(() => {
        const weight = tf.clone(variable as tf.Tensor);
        variable.assign(tf.clone(average as tf.Tensor));
        average.assign(weight);
      });
    }
  }

  /**
   * The state: `iter` (steps done), `accumulated_calls`, `accumulated_weight`, and by paths of weights `<path>/m`, `/v`,
   * `/accumulated` and `/average`, as far as there are any. The tensors are the caller's.
   */
  override async getWeights(): Promise<NamedTensor[]> {
    const own = (name: string, tensor: tf.Tensor) => ({ name, tensor: tf.clone(tensor) });
    return [
      await this.saveIterations(),
      { name: 'accumulated_calls', tensor: tf.scalar(this.#accumulatedCalls, 'int32') },
      ...[...this.#slots].map(([name, tensor]) => own(name, tensor)),
      ...[...this.#restored].map(([name, tensor]) => own(name, tensor)),
    ];
  }

  /** Takes over what {@link getWeights} gave; the tensors stay the caller's. */
  override async setWeights(weightValues: NamedTensor[]): Promise<void> {
    const [iterations, ...state] = weightValues;
    if (iterations?.name !== 'iter') {
      throw new InputError(
        `The state of an optimizer must begin with iter, received ${iterations?.name ?? 'nothing'}; pass what getWeights gave.`,
        { path: 'iter', received: iterations?.name },
      );
    }
    const steps = (await iterations.tensor.data())[0]!;
    const calls = state.find(({ name }) => name === 'accumulated_calls');
    this.#accumulatedCalls = calls === undefined ? 0 : (await calls.tensor.data())[0]!;
    this.iterations_ = steps;
    this.#disposeState();
    const tensors = state.filter(({ name }) => name !== 'accumulated_calls');
    this.#restored = new Map(tensors.map(({ name, tensor }) => [name, tf.keep(tf.clone(tensor))]));
  }

  /** Releases the state. */
  override dispose(): void {
    this.#disposeState();
    super.dispose();
  }

  #disposeState(): void {
    tf.dispose([...this.#slots.values(), ...this.#restored.values()]);
    this.#slots.clear();
    this.#restored.clear();
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { learningRate: _schedule, includeInWeightDecay: _in, excludeFromWeightDecay: _out, ...plain } = this.options;
    return { ...plain, learningRate: this.learningRate };
  }
}

/** Sums of gradients, each times its weight, after the sum of the weights; begun anew without earlier ones. */
function accumulate(
  gradients: readonly tf.Tensor[],
  gradientWeight: tf.Scalar,
  sums: readonly tf.Tensor[],
): tf.Tensor[] {
  const added = [gradientWeight, ...gradients.map((gradient) => tf.mul(gradient, gradientWeight))];
  return added.map((value, index) => (sums.length === 0 ? tf.clone(value) : tf.add(sums[index]!, value)));
}

function registeredVariable(name: string): tf.Variable {
  const variable = tf.engine().registeredVariables[name];
  if (variable !== undefined) return variable;
  throw new InputError(`A gradient must belong to a variable, received one for ${name}, which is none.`, {
    path: name,
  });
}

function requireOptions(options: AdamWeightDecayOptions): void {
  const ranges: Readonly<Record<string, [value: number | undefined, fits: (value: number) => boolean, words: string]>> =
    {
      learningRate: [
        typeof options.learningRate === 'function' ? undefined : options.learningRate,
        (value) => value >= 0,
        'at least 0',
      ],
      beta1: [options.beta1, (value) => value >= 0 && value < 1, 'at least 0 and below 1'],
      beta2: [options.beta2, (value) => value >= 0 && value < 1, 'at least 0 and below 1'],
      epsilon: [options.epsilon, (value) => value > 0, 'above 0'],
      weightDecayRate: [options.weightDecayRate, (value) => value >= 0, 'at least 0'],
      clipNorm: [options.clipNorm, (value) => value > 0, 'above 0'],
      layerwiseDecay: [options.layerwiseDecay, (value) => value > 0, 'above 0'],
      averageDecay: [options.averageDecay, (value) => value >= 0 && value < 1, 'at least 0 and below 1'],
      accumulationSteps: [
        options.accumulationSteps,
        (value) => Number.isInteger(value) && value > 0,
        'a whole number above 0',
      ],
    };
  for (const [name, [value, fits, words]] of Object.entries(ranges)) {
    if (value === undefined || (Number.isFinite(value) && fits(value))) continue;
    throw new UsageError(`${name} must be ${words}, received ${value}.`, { path: name, received: value });
  }
}
