import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerRequests } from '../answer_requests';
import type { BatchInputs, Memory, Opened, Request, Timed, Warmed } from './protocol';
import type { Batch, Workload } from './workload';

/** A batch with its inputs. */
export interface PreparedBatch extends Batch {
  readonly ids: Int32Array;
  readonly mask: Int32Array;
}

/** A way of computing a model's last hidden states, in a process of its own. */
export interface Engine {
  readonly open: (model: string) => Promise<void>;
  /** Whether all batches are computed by a program compiled for their shape from now on. */
  readonly warmUp: (batches: readonly PreparedBatch[]) => Promise<boolean>;
  readonly run: (batch: PreparedBatch) => Promise<Float32Array>;
  readonly close: () => Promise<void>;
}

/** Answers requests on standard input, one after the other, until it ends. */
export async function serve(engine: Engine): Promise<void> {
  const server = new Server(engine);
  await answerRequests<Request>((request) => server.answer(request));
  await engine.close();
}

class Server {
  readonly #engine: Engine;
  readonly #prepared = new Map<string, readonly PreparedBatch[]>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async answer(request: Request): Promise<Opened | Warmed | Timed | Memory | Record<string, never>> {
    switch (request.do) {
      case 'open':
        return { milliseconds: await timed(() => this.#engine.open(request.model)) };
      case 'prepare':
        this.#prepared.set(request.workload.name, prepare(request.workload, request.inputs));
        return {};
      case 'warmUp':
        return { isCompiled: await this.#engine.warmUp(this.#prepared.get(request.workload)!) };
      case 'call':
        return { milliseconds: [await this.#call(request.workload, request.output)] };
      case 'loop':
        return { milliseconds: await this.#loop(request) };
      case 'memory':
        // Node reports kilobytes.
        return { peakBytes: process.resourceUsage().maxRSS * 1024 };
    }
  }

  async #call(workload: string, output?: string): Promise<number> {
    const results: Float32Array[] = [];
    const milliseconds = await timed(async () => {
      for (const batch of this.#prepared.get(workload)!) results.push(await this.#engine.run(batch));
    });
    if (output !== undefined) await writeFile(output, Buffer.concat(results.map(bytesOf)));
    return milliseconds;
  }

  async #loop({ workload, calls, yields }: Extract<Request, { do: 'loop' }>): Promise<number[]> {
    const times: number[] = [];
    for (let call = 0; call < calls; call++) {
      const pause = yields ? await timed(() => sleep(0)) : 0;
      // What runs on timers in the pause keeps the next call waiting.
      times.push(pause + (await this.#call(workload)));
    }
    return times;
  }
}

function prepare({ batches }: Workload, inputs: readonly BatchInputs[]): PreparedBatch[] {
  return batches.map((batch, index) => ({
    ...batch,
    ids: Int32Array.from(inputs[index]!.ids),
    mask: Int32Array.from(inputs[index]!.mask),
  }));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

async function timed(act: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}
