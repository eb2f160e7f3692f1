import { join } from 'node:path';
import { LineProcess } from '../line_process';
import type { Memory, Opened, Request, Timed, Warmed } from './protocol';
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
  readonly #process: LineProcess;

  constructor(spec: ParticipantSpec) {
    this.name = spec.name;
    this.#process = new LineProcess({ ...spec, path: join(__dirname, spec.file) });
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

  close(): Promise<void> {
    return this.#process.close();
  }

  #ask<Answer extends object>(request: Request): Promise<Answer> {
    return this.#process.ask(request);
  }
}
