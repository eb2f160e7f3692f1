import { createOptimizer } from '../../src/optimizers/create_optimizer';
import {
  constantSchedule,
  cosineSchedule,
  linearSchedule,
  polynomialSchedule,
  type Schedule,
} from '../../src/optimizers/schedules';
import { readFixture } from '../models/cases';

/** Arguments of a function of transformers, and the rate of each step. */
interface Case {
  readonly name: string;
  readonly num_warmup_steps: number;
  readonly num_training_steps: number;
  readonly num_train_steps: number;
  readonly num_cycles?: number;
  readonly lr_end?: number;
  readonly min_lr_ratio?: number;
  readonly power?: number;
  readonly rates: number[];
}

const FIXTURE = readFixture<{ peak: number; pytorch: Case[]; tensorflow: Case[] }>('schedules.json');

const lengths = ({ num_warmup_steps: warmupSteps, num_training_steps: totalSteps }: Case) => ({
  peak: FIXTURE.peak,
  totalSteps,
  warmupSteps,
});

/** Ours by the names of theirs. */
const SCHEDULES: Readonly<Record<string, (given: Case) => Schedule>> = {
  get_constant_schedule_with_warmup: (given) => constantSchedule(lengths(given)),
  get_linear_schedule_with_warmup: (given) => linearSchedule(lengths(given)),
  get_cosine_schedule_with_warmup: (given) => cosineSchedule(lengths(given)),
  get_cosine_with_hard_restarts_schedule_with_warmup: (given) =>
    cosineSchedule({ ...lengths(given), cycles: given.num_cycles! }),
  get_polynomial_decay_schedule_with_warmup: (given) =>
    polynomialSchedule({ ...lengths(given), end: given.lr_end!, power: given.power! }),
};

const describeCase = ({ rates: _rates, name, ...options }: Case) => [`${name} ${JSON.stringify(options)}`] as const;

test.each(FIXTURE.pytorch.map((given) => [...describeCase(given), given] as const))(
  'gives the rate of every step: %s',
  (_about, given) => {
    const schedule = SCHEDULES[given.name]!(given);
    expect(given.rates.map((_, step) => schedule(step))).toBeCloseToTensor(given.rates, 1e-6);
  },
);

test('the fixtures have every schedule', () => {
  expect([...new Set(FIXTURE.pytorch.map(({ name }) => name))].sort()).toEqual(Object.keys(SCHEDULES).sort());
});

test.each(FIXTURE.tensorflow.map((given) => [...describeCase(given), given] as const))(
  'createOptimizer has the rate of every step: %s',
  (_about, given) => {
    const optimizer = createOptimizer({
      initLr: FIXTURE.peak,
      numTrainSteps: given.num_train_steps,
      numWarmupSteps: given.num_warmup_steps,
      minLrRatio: given.min_lr_ratio!,
      power: given.power!,
    });
    const schedule = optimizer.options.learningRate as Schedule;
    expect(given.rates.map((_, step) => schedule(step))).toBeCloseToTensor(given.rates, 1e-6);
    expect(optimizer.learningRate).toBeCloseToTensor(given.rates[0]!, 1e-6);
  },
);

test('createOptimizer passes on what it is told, by the names of transformers', () => {
  const { options } = createOptimizer({
    initLr: 1,
    numTrainSteps: 2,
    adamBeta1: 0.8,
    adamBeta2: 0.9,
    adamEpsilon: 1e-3,
    adamGlobalClipnorm: 2,
    weightDecayRate: 0.1,
    includeInWeightDecay: ['bias'],
    excludeFromWeightDecay: ['kernel'],
    accumulationSteps: 3,
  });
  expect(options).toMatchObject({
    beta1: 0.8,
    beta2: 0.9,
    epsilon: 1e-3,
    clipNorm: 2,
    weightDecayRate: 0.1,
    includeInWeightDecay: ['bias'],
    excludeFromWeightDecay: ['kernel'],
    accumulationSteps: 3,
  });
});

test('a warm-up as long as the run ends at the peak, and beyond the run the rate is the last one', () => {
  const warmUp = linearSchedule({ peak: 4, totalSteps: 4, warmupSteps: 4 });
  expect([0, 1, 3, 4].map(warmUp)).toEqual([0, 1, 3, 4]);
  const beyond = cosineSchedule({ peak: 4, totalSteps: 4, end: 1, cycles: 2 });
  expect([4, 5, 1000].map(beyond)).toEqual([1, 1, 1]);
});

test.each<[what: string, make: () => unknown, message: RegExp]>([
  ['a negative rate', () => constantSchedule({ peak: -1 }), /peak must be a number of at least 0, received -1/],
  ['a rate that is none', () => linearSchedule({ peak: Number.NaN, totalSteps: 3 }), /peak must .* received NaN/],
  ['endless steps', () => linearSchedule({ peak: 1, totalSteps: Number.POSITIVE_INFINITY }), /totalSteps must/],
  ['a negative warm-up', () => cosineSchedule({ peak: 1, totalSteps: 3, warmupSteps: -1 }), /warmupSteps must/],
  ['a negative end', () => polynomialSchedule({ peak: 1, totalSteps: 3, end: -1 }), /end must/],
  [
    'a longer warm-up than run',
    () => linearSchedule({ peak: 1, totalSteps: 3, warmupSteps: 4 }),
    /at most .*3, received 4/,
  ],
  ['no cycle', () => cosineSchedule({ peak: 1, totalSteps: 3, cycles: 0 }), /cycles must be a positive integer/],
  ['half a cycle', () => cosineSchedule({ peak: 1, totalSteps: 3, cycles: 0.5 }), /cycles .* received 0.5/],
  ['a power that is none', () => polynomialSchedule({ peak: 1, totalSteps: 3, power: Number.NaN }), /power must/],
  ['a negative power', () => polynomialSchedule({ peak: 1, totalSteps: 3, power: -1 }), /power must/],
])('refuses %s', (_what, make, message) => {
  expect(make).toThrowDebertaError('usage', message);
});
