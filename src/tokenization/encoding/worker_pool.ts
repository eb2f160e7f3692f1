import { TokenizerError } from '../../errors';
import { isNode, nodeBuiltin } from '../../files/node_builtins';
import { type EncodeRequest, type EncodeResponse, fromSentError, type TokenizerRecipe } from './worker_messages';

type WorkerThreads = ReturnType<typeof nodeBuiltin<'node:worker_threads'>>;
type Worker = InstanceType<WorkerThreads['Worker']>;
type WorkerOptions = NonNullable<ConstructorParameters<WorkerThreads['Worker']>[1]>;

interface Job {
  resolve(response: EncodeResponse): void;
  reject(error: unknown): void;
}

interface Thread {
  readonly worker: Worker;
  readonly jobs: Map<number, Job>;
  /** Why the thread has ended. */
  failure: TokenizerError | undefined;
}

/** Threads that encode batches. They keep the process alive only while they have something to do. */
export class WorkerPool {
  readonly #threads: Thread[];

  /** @throws {TokenizerError} where there is no Node. */
  constructor(count: number, recipe: TokenizerRecipe) {
    if (!isNode()) {
      throw new TokenizerError(
        `Option workers needs Node.js, received ${count} elsewhere; leave it out, or call the tokenizer in a Web Worker of your own.`,
        { path: 'workers', expected: 0, received: count },
      );
    }
    this.#threads = Array.from({ length: count }, () => startThread(recipe));
  }

  /** Encodes one batch on the thread that has least to do. */
  async run(request: EncodeRequest): Promise<EncodeResponse> {
    const thread = this.#threads.reduce((least, other) => (other.jobs.size < least.jobs.size ? other : least));
    if (thread.failure !== undefined) throw thread.failure;
    const response = await new Promise<EncodeResponse>((resolve, reject) => {
      thread.jobs.set(request.number, { resolve, reject });
      thread.worker.ref();
      thread.worker.postMessage(request);
    });
    if (response.error !== undefined) throw fromSentError(response.error);
    return response;
  }

  /** Ends all threads, whatever they are doing. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }
}

function startThread(recipe: TokenizerRecipe): Thread {
  const { file, options } = workerFile();
  const worker = new (nodeBuiltin('node:worker_threads').Worker)(file, { ...options, workerData: recipe });
  const jobs = new Map<number, Job>();
  const thread: Thread = { worker, jobs, failure: undefined };
  const take = (number: number) => {
    const job = jobs.get(number);
    jobs.delete(number);
    if (jobs.size === 0) worker.unref();
    return job;
  };
  const fail = (cause: unknown) => {
    thread.failure ??= new TokenizerError(
      `A worker of encodeBatch has ended (${messageOf(cause)}); encode without workers.`,
      { path: 'workers', cause },
    );
    for (const number of [...jobs.keys()]) take(number)?.reject(thread.failure);
  };
  worker.on('message', (response: EncodeResponse) => take(response.number)?.resolve(response));
  worker.on('error', fail);
  worker.on('exit', (code) => fail(`exit code ${code}`));
  worker.unref();
  return thread;
}

/** The message of an error, which may come from another realm or thread. */
function messageOf(cause: unknown): string {
  const { message } = Object(cause) as { message?: unknown };
  return typeof message === 'string' ? message : typeof cause === 'string' ? cause : 'for an unknown reason';
}

/** The worker's code: beside the package's own, or, when the package runs from its source, as TypeScript. */
function workerFile(): { file: string | URL; options: WorkerOptions } {
  // The build for `import` puts import.meta.url in the place of __filename, which exists in CommonJS alone.
  const here = __filename;
  if (here.startsWith('file:')) return { file: new URL('encode_worker.cjs', here), options: {} };
  const { dirname, join } = nodeBuiltin('node:path');
  if (!here.endsWith('.ts')) return { file: join(dirname(here), 'encode_worker.cjs'), options: {} };
  const tsNode = nodeBuiltin('node:module').createRequire(here).resolve('ts-node');
  const [compiler, source] = [tsNode, join(dirname(here), 'encode_worker.ts')].map((path) => JSON.stringify(path));
  return { file: `require(${compiler}).register({ swc: true }); require(${source});`, options: { eval: true } };
}
