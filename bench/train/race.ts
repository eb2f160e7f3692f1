import { LineProcess, type LineProgram } from '../line_process';
import type { Rounds } from '../statistics';
import type { Memory, Opened, Request, Stepped } from './protocol';
import { lessonOf, type Workload } from './workload';

/** How long a race takes. */
export interface RaceOptions {
  /** Steps of each trainee that count, at most. */
  readonly rounds: number;
  /** No round begins once the trainees have taken this long each, on average; there is one at least. */
  readonly seconds: number;
}

/** What a trainee needed. */
export interface Result {
  readonly name: string;
  /** Milliseconds of each step, a round each. */
  readonly rounds: Rounds;
  /** Largest resident memory, the first step included. */
  readonly peakBytes: number;
}

/**
 * Has trainees make the same training step by turns, each in a process of its own; another one begins in each round.
 *
 * The first step of each is not counted: it makes the optimizer's moments, and records the graph.
 *
 * @returns results in the order of the trainees.
 * @throws {Error} when their models are of different sizes, a loss is not finite, or a process ends early.
 */
export async function race(
  programs: readonly LineProgram[],
  workload: Workload,
  { rounds, seconds }: RaceOptions,
): Promise<Result[]> {
  const trainees = programs.map((program) => new Trainee(program));
  try {
    const sizes = await openAll(trainees, workload);
    if (new Set(sizes).size > 1) throw new Error(`Everybody must train the same model, received sizes ${sizes}.`);
    for (const trainee of trainees) await trainee.step();
    const times = trainees.map((): number[][] => []);
    const isTime = () => times.flat(2).reduce((sum, time) => sum + time, 0) < 1000 * seconds * trainees.length;
    for (let round = 0; round < rounds && (round === 0 || isTime()); round++) {
      for (let turn = 0; turn < trainees.length; turn++) {
        const index = (round + turn) % trainees.length;
        times[index]!.push([await trainees[index]!.step()]);
      }
    }
    const peaks = await Promise.all(trainees.map((trainee) => trainee.peakBytes()));
    return trainees.map(({ name }, index) => ({ name, rounds: times[index]!, peakBytes: peaks[index]! }));
  } finally {
    await Promise.all(trainees.map((trainee) => trainee.close()));
  }
}

function openAll(trainees: readonly Trainee[], workload: Workload): Promise<number[]> {
  const lesson = lessonOf(workload);
  return Promise.all(
    trainees.map(async (trainee) => (await trainee.ask<Opened>({ do: 'open', ...lesson })).parameters),
  );
}

/** A trainee's process. */
class Trainee {
  readonly name: string;
  readonly #process: LineProcess;

  constructor(program: LineProgram) {
    this.name = program.name;
    this.#process = new LineProcess(program);
  }

  ask<Answer extends object>(request: Request): Promise<Answer> {
    return this.#process.ask(request);
  }

  /** Makes a step; milliseconds. */
  async step(): Promise<number> {
    const { milliseconds, loss } = await this.ask<Stepped>({ do: 'step' });
    if (loss === null) throw new Error(`${this.name} must reach a finite loss and did not.`);
    return milliseconds;
  }

  async peakBytes(): Promise<number> {
    return (await this.ask<Memory>({ do: 'memory' })).peakBytes;
  }

  close(): Promise<void> {
    return this.#process.close();
  }
}
