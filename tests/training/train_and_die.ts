import fs from 'node:fs/promises';
import { useBackend } from '../../src/runtime/use_backend';
import { train } from '../../src/training/train';
import { toyEvaluate, toyRun, toyStream, weightBits } from './toy_run';

/** What the test asks of this process. */
export interface TrainingJob {
  readonly outputDir: string;
  /** When it is killed, counted in this process: as the n-th batch is asked for, the n-th evaluation, a renaming. */
  readonly death?: `${'batch' | 'evaluation' | 'before renaming' | 'after renaming'} ${number}`;
  /** Epochs; many for a process that is to be stopped from outside. */
  readonly epochs?: number;
}

/** Trains, and prints how the run ended and a digest of each weight. */
async function main({ outputDir, death, epochs = 3 }: TrainingJob): Promise<void> {
  const counts = new Map<string, number>();
  const at = (what: string) => {
    counts.set(what, (counts.get(what) ?? 0) + 1);
    // As a crash: nothing of the process runs any more.
    if (death === `${what} ${counts.get(what)}`) process.kill(process.pid, 'SIGKILL');
  };
  const rename = fs.rename;
  fs.rename = async (...paths) => {
    at('before renaming');
    await rename(...paths);
    at('after renaming');
  };
  await useBackend('wasm');
  const evaluate = (model: Parameters<typeof toyEvaluate>[0]) => {
    at('evaluation');
    return toyEvaluate(model);
  };
  const onBatch = (epoch: number) => {
    at('batch');
    if (epoch === 1) console.log('training');
  };
  const options = toyRun({
    train: toyStream({ onBatch }),
    epochs,
    evaluation: { evaluate, everySteps: 2 },
    outputDir,
    resume: 'auto',
    handleSignals: true,
  });
  const { stoppedBy, steps } = await train(options);
  console.log(JSON.stringify({ stoppedBy, steps, weights: weightBits(options.model) }));
  process.exitCode = stoppedBy === 'signal' ? 130 : 0;
}

void main(JSON.parse(process.argv[2]!) as TrainingJob);
