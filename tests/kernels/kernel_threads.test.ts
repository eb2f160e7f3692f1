import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { isThreaded, KERNEL_BUILDS, supportsBuild } from '../../src/kernels/kernel_build';
import { KernelPlan } from '../../src/kernels/kernel_plan';
import { kernelThreads } from '../../src/kernels/kernel_threads';
import { recordedLogs } from '../harness/recorded_logs';
import { SamplePlan } from './sample_plan';

const ROWS = 70;
const [BUILD] = KERNEL_BUILDS.filter((build) => isThreaded(build) && supportsBuild(build));
const OUT_OF_BOUNDS = 0xffff_fff0;

let sample: SamplePlan;
let expected: string;

beforeEach(() => {
  sample = new SamplePlan(BUILD!, ROWS);
  expected = sample.runDirectly();
});
afterEach(() => {
  sample.runner.dispose();
  kernelThreads.close();
});

/** Opens a plan for threads and leaves it to them. */
function open(threads: number, plan: KernelPlan = sample.plan(threads)): Promise<void> {
  sample.clear();
  sample.runner.open(plan, sample.place(plan, threads), threads, true);
  return sample.runner.help(threads);
}

/** A plan of one phase of many tiles that is of no known kind. */
class UnknownPlan extends KernelPlan {
  override write(words: Int32Array, floats: Float32Array): void {
    super.write(words, floats);
    words[0] = 99;
  }
}

const FAULTS: ReadonlyArray<readonly [string, (threads: number) => KernelPlan]> = [
  [
    'a phase of a kind that is not known',
    (threads) => {
      const plan = new UnknownPlan(threads);
      plan.addRows({ x: 0, table: 0, indices: 0, rows: ROWS, columns: 4 });
      return plan;
    },
  ],
  [
    'an address out of bounds',
    (threads) => {
      const plan = sample.plan(threads);
      plan.addRows({ x: OUT_OF_BOUNDS, table: OUT_OF_BOUNDS, indices: 0, rows: ROWS, columns: 4 });
      return plan;
    },
  ],
];
const FAILURE = /^A SIMD kernel failed; go on with/;

describe('threads', () => {
  test.each([1, 2, 3, 5])('%i of them give the same numbers, bit by bit, in 60 rounds', (threads) => {
    for (let round = 0; round < 60; round++) expect(sample.run(threads)).toBe(expected);
  });

  test('plans may differ in their threads from one to the next', () => {
    for (let round = 0; round < 30; round++) expect(sample.run(1 + (round % 5))).toBe(expected);
  });

  test.each([1, 2, 3, 5])('%i of them do a plan by themselves, 30 times', async (threads) => {
    for (let round = 0; round < 30; round++) {
      await open(threads);
      sample.runner.finish();
      expect(sample.bits()).toBe(expected);
    }
  });

  test('a thread that has come too late to take part does not say that a plan is done', async () => {
    // Five threads know the memory, and one of them is wanted.
    await open(5);
    sample.runner.finish();
    for (let round = 0; round < 30; round++) {
      await open(1);
      expect(sample.bits()).toBe(expected);
      sample.runner.finish();
    }
  });

  test('whoever waits for them goes on when the plan is finished by the caller', async () => {
    for (let round = 0; round < 10; round++) {
      const waiting = open(3);
      sample.runner.finish();
      expect(sample.bits()).toBe(expected);
      await waiting;
    }
  });

  test('memories of several models are worked on at once', async () => {
    const other = new SamplePlan(BUILD!, 33);
    const expectedOfOther = other.runDirectly();
    other.clear();
    for (let round = 0; round < 10; round++) {
      const plan = other.plan(2);
      other.runner.open(plan, other.place(plan, 2), 2, true);
      await Promise.all([open(2), other.runner.help(2)]);
      other.runner.finish();
      sample.runner.finish();
      expect(sample.bits()).toBe(expected);
      expect(other.bits()).toBe(expectedOfOther);
    }
    other.runner.dispose();
  });
});

describe.each(FAULTS)('%s', (_fault, faulty) => {
  test.each([1, 2, 3])('on %i threads is an error, and the next plan runs', (threads) => {
    for (let round = 0; round < 3; round++) {
      const plan = faulty(threads);
      expect(() => sample.runner.run(plan, sample.place(plan, threads), threads)).toThrowDebertaError(
        'backend',
        FAILURE,
      );
      expect(sample.run(threads)).toBe(expected);
    }
  });

  test('in another thread alone is an error of whoever finishes the plan, and the next one runs', async () => {
    for (let round = 0; round < 3; round++) {
      await open(2, faulty(2));
      expect(() => sample.runner.finish()).toThrowDebertaError('backend', FAILURE);
      await open(2);
      sample.runner.finish();
      expect(sample.bits()).toBe(expected);
    }
  });
});

describe('the pool', () => {
  afterEach(() => {
    kernelThreads.count = 2;
    jest.restoreAllMocks();
  });

  test('has as many threads as there are cores, 16 at most, until another number is set', () => {
    kernelThreads.count = 5;
    expect(kernelThreads.count).toBe(5);
    expect(sample.run(kernelThreads.count)).toBe(expected);
    kernelThreads.count = 1;
    expect(kernelThreads.count).toBe(1);
    expect(sample.run(kernelThreads.count)).toBe(expected);
  });

  test('can be closed at any time, and starts again when it is needed', async () => {
    kernelThreads.close();
    for (let round = 0; round < 10; round++) {
      expect(sample.run(3)).toBe(expected);
      const waiting = open(3);
      kernelThreads.close();
      await waiting;
      sample.runner.finish();
      expect(sample.bits()).toBe(expected);
    }
  });

  test('a smaller number may be set while threads work', async () => {
    // Long enough for threads to be in the middle of it.
    const long = new SamplePlan(BUILD!, 600);
    const expectedOfLong = long.runDirectly();
    const help = () => {
      const plan = long.plan(4);
      long.clear();
      long.runner.open(plan, long.place(plan, 4), 4, true);
      return long.runner.help(4);
    };
    for (let round = 0; round < 5; round++) {
      kernelThreads.count = 4;
      await help();
      long.runner.finish();
      const waiting = help();
      await new Promise((resolve) => setTimeout(resolve, round));
      kernelThreads.count = 2;
      await waiting;
      long.runner.finish();
      expect(long.bits()).toBe(expectedOfLong);
    }
    long.runner.dispose();
  });

  /** Makes every thread from now on run this. */
  function startThreads(code: string | undefined): void {
    const threads = process.getBuiltinModule('node:worker_threads');
    const { Worker } = threads;
    jest.spyOn(threads, 'Worker').mockImplementation((_code, options) => {
      if (code === undefined) throw new Error('out of order');
      return new Worker(code, options);
    });
  }

  test.each([
    ['do not start', undefined],
    ['fail at once', "throw new Error('out of order')"],
    [
      'fail when they are told something',
      "require('node:worker_threads').parentPort.on('message', () => { throw new Error('out of order') })",
    ],
  ])('goes on without threads that %s, with one warning, until it is closed', async (_way, code) => {
    startThreads(code);
    const logs = await recordedLogs(async () => {
      for (let round = 0; round < 3; round++) {
        await open(2);
        sample.runner.finish();
        expect(sample.bits()).toBe(expected);
        expect(sample.run(2)).toBe(expected);
      }
    });
    // An error of another thread is none of the classes that Jest has for its tests.
    expect(logs).toEqual([
      expect.stringMatching(/^The SIMD kernels go on .*, since one failed: (Error: )?out of order$/),
    ]);
    jest.restoreAllMocks();
    kernelThreads.close();
    await open(2);
    expect(sample.bits()).toBe(expected);
    sample.runner.finish();
  });
});

describe('a process', () => {
  const root = join(__dirname, '..', '..');
  const loader = join(root, 'node_modules', 'ts-node', 'dist', 'bin.js');
  const script = join(__dirname, 'exit_with_threads.ts');

  test.each([
    ['ends by itself after threads have worked', 'run', 0, 'done\n'],
    ['stays until threads that it waits for are done, and ends then', 'wait', 0, 'done\n'],
    ['does not stay for what it has not finished', 'leave', 0, ''],
    ['ends with its own exit code while threads work', 'exit', 3, ''],
  ])('%s', async (_what, way, code, stdout) => {
    const result = await new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [loader, '--swc', script, way],
        { cwd: root },
        (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
      );
    });
    expect(result).toEqual({ code, stdout, stderr: '' });
  });
});
