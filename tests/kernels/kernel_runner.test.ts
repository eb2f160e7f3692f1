import { isThreaded, KERNEL_BUILDS, supportsBuild } from '../../src/kernels/kernel_build';
import { kernelThreads } from '../../src/kernels/kernel_threads';
import { SamplePlan } from './sample_plan';

describe.each(KERNEL_BUILDS.filter(supportsBuild))('KernelRunner, build %s', (build) => {
  afterAll(() => kernelThreads.close());

  test.each([1, 5, 33, 100])('a plan for %i rows gives what its kernels give one by one', (rows) => {
    const sample = new SamplePlan(build, rows);
    const expected = sample.runDirectly();
    expect(sample.numbers().every(Number.isFinite)).toBe(true);
    for (const threads of isThreaded(build) ? [1, 2, 3] : [1]) expect(sample.run(threads)).toBe(expected);
    sample.runner.dispose();
  });

  test('a plan that is opened is run by whoever finishes it', async () => {
    const sample = new SamplePlan(build, 40);
    const expected = sample.runDirectly();
    sample.clear();
    const plan = sample.plan(1);
    sample.runner.open(plan, sample.place(plan, 1), 1, true);
    sample.runner.finish();
    expect(sample.bits()).toBe(expected);
    sample.runner.dispose();
  });
});
