import { type ChildProcess, fork, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Failed, Memory, Opened, Request, Timed, Warmed } from './protocol';
import { idsOf, maskOf, type Workload } from './workload';

/** A program that takes part in the race. */
export interface ParticipantSpec {
  readonly name: string;
  /** File in this folder: TypeScript run by Node, or Python. */
  readonly file: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** For a Python file. */
  readonly python?: string;
}

/** A participant's process, which answers one request at a time. */
export class Participant {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #lines: Interface;
  readonly #exited: Promise<number | null>;
  /** The last line that a Python printed, which says why it ended. */
  #lastWords = 'its message stands above';

  constructor(spec: ParticipantSpec) {
    this.name = spec.name;
    this.#process = launch(spec);
    this.#lines = createInterface({ input: this.#process.stdout! });
    this.#exited = new Promise((resolve) => {
      this.#process.once('error', () => resolve(null));
      this.#process.once('exit', resolve);
    });
    this.#process.stderr?.on('data', (text) => {
      this.#lastWords = String(text).trim().split('\n').at(-1)!;
    });
    // A process that has ended takes no more lines; its exit says so already.
    this.#process.stdin!.on('error', () => {});
  }

  /** Loads a model; milliseconds. */
  async open(model: string): Promise<number> {
    return (await this.#ask<Opened>({ do: 'open', model })).milliseconds;
  }

  async prepare(workload: Workload): Promise<void> {
    const inputs = workload.batches.map((batch) => ({ ids: [...idsOf(batch)], mask: [...maskOf(batch)] }));
    await this.#ask({ do: 'prepare', workload, inputs });
  }

  /** Has the shapes of a workload compiled if the participant can; whether they are. */
  async warmUp({ name }: Workload): Promise<boolean> {
    return (await this.#ask<Warmed>({ do: 'warmUp', workload: name })).isCompiled;
  }

  /**
   * Computes a workload once; milliseconds.
   *
   * @param output file for the results.
   */
  async call({ name }: Workload, output?: string): Promise<number> {
    const request = { do: 'call', workload: name } as const;
    const { milliseconds } = await this.#ask<Timed>(output === undefined ? request : { ...request, output });
    return milliseconds[0]!;
  }

  /** Computes a workload many times; milliseconds of each. */
  async loop({ name }: Workload, calls: number, yields: boolean): Promise<readonly number[]> {
    return (await this.#ask<Timed>({ do: 'loop', workload: name, calls, yields })).milliseconds;
  }

  /** Largest resident memory so far. */
  async peakBytes(): Promise<number> {
    return (await this.#ask<Memory>({ do: 'memory' })).peakBytes;
  }

  async close(): Promise<void> {
    this.#process.stdin!.end();
    await this.#exited;
    this.#lines.close();
  }

  async #ask<Answer extends object>(request: Request): Promise<Answer> {
    const answer = new Promise<string>((resolve) => this.#lines.once('line', resolve));
    this.#process.stdin!.write(`${JSON.stringify(request)}\n`);
    const received = await Promise.race([answer, this.#exited]);
    if (typeof received !== 'string') {
      throw new Error(`${this.name} must answer and ended with exit code ${received} (${this.#lastWords}).`);
    }
    const parsed = JSON.parse(received) as Answer | Failed;
    if ('error' in parsed) throw new Error(`${this.name} failed: ${parsed.error}`);
    return parsed;
  }
}

function launch({ file, arguments: given, environment, python }: ParticipantSpec): ChildProcess {
  const path = join(__dirname, file);
  const env = { ...process.env, ...environment };
  // TensorFlow and PyTorch tell Python's error output a lot that is of no interest here.
  if (python !== undefined) return spawn(python, [path, ...given], { env, stdio: 'pipe' });
  return fork(path, given, { env, stdio: ['pipe', 'pipe', 'inherit', 'ipc'] });
}
