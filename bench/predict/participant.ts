import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LineProcess } from '../line_process';
import type { Memory, Opened, Request, Timed, Warmed } from './protocol';
import { FLOAT32_TOLERANCE, type Racer } from './racer';
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
  /** See `Racer`; that of float32 by default. */
  readonly tolerance?: number;
}

/** A participant's process, which answers one request at a time. */
export class Participant implements Racer {
  readonly name: string;
  readonly tolerance: number;
  readonly #process: LineProcess;

  constructor(spec: ParticipantSpec) {
    this.name = spec.name;
    this.tolerance = spec.tolerance ?? FLOAT32_TOLERANCE;
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

  async warmUp({ name }: Workload): Promise<boolean> {
    return (await this.#ask<Warmed>({ do: 'warmUp', workload: name })).isCompiled;
  }

  async call({ name }: Workload): Promise<number> {
    return (await this.#ask<Timed>({ do: 'call', workload: name })).milliseconds[0]!;
  }

  async results({ name }: Workload): Promise<Float32Array> {
    const folder = await mkdtemp(join(tmpdir(), 'bench-predict-'));
    try {
      const output = join(folder, 'output');
      await this.#ask({ do: 'call', workload: name, output });
      return new Float32Array(new Uint8Array(await readFile(output)).buffer);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
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
