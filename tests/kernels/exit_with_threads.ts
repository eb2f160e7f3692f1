import { isThreaded, KERNEL_BUILDS, supportsBuild } from '../../src/kernels/kernel_build';
import { SamplePlan } from './sample_plan';

const THREADS = 3;

/** Has threads work on a plan, in the way its argument says, and ends. */
async function main(): Promise<void> {
  const build = KERNEL_BUILDS.find((name) => isThreaded(name) && supportsBuild(name))!;
  const sample = new SamplePlan(build, 400);
  if (process.argv[2] === 'run') sample.run(THREADS);
  else {
    const plan = sample.plan(THREADS);
    sample.runner.open(plan, sample.place(plan, THREADS), THREADS, true);
    const helped = sample.runner.help(THREADS);
    if (process.argv[2] === 'exit') process.exit(3);
    if (process.argv[2] === 'leave') return;
    await helped;
    sample.runner.finish();
  }
  process.stdout.write('done\n');
}

void main();
