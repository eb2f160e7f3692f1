import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Failed } from './answer_requests';

/** A program that answers JSON lines, as `answerRequests` does. */
export interface LineProgram {
  /** For messages. */
  readonly name: string;
  /** TypeScript run by Node, or Python. */
  readonly path: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** For a Python file. */
  readonly python?: string | undefined;
}

/** A process that answers one request at a time. */
export class LineProcess {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #lines: Interface;
  readonly #exited: Promise<number | null>;
  /** The last line that a Python printed, which says why it ended. */
  #lastWords = 'its message stands above';

  constructor(program: LineProgram) {
    this.#name = program.name;
    this.#process = launch(program);
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

  /** @throws {Error} when the process ends or reports a failure. */
  async ask<Answer extends object>(request: object): Promise<Answer> {
    const answer = new Promise<string>((resolve) => this.#lines.once('line', resolve));
    this.#process.stdin!.write(`${JSON.stringify(request)}\n`);
    const received = await Promise.race([answer, this.#exited]);
    if (typeof received !== 'string') {
      throw new Error(`${this.#name} must answer and ended with exit code ${received} (${this.#lastWords}).`);
    }
    const parsed = JSON.parse(received) as Answer | Failed;
    if ('error' in parsed) throw new Error(`${this.#name} failed: ${parsed.error}`);
    return parsed;
  }

  /** Lets the process end. */
  async close(): Promise<void> {
    this.#process.stdin!.end();
    await this.#exited;
    this.#lines.close();
  }
}

function launch({ path, arguments: given, environment, python }: LineProgram): ChildProcess {
  const env = { ...process.env, ...environment };
  // TensorFlow and PyTorch tell Python's error output a lot that is of no interest here.
  if (python !== undefined) return spawn(python, [path, ...given], { env, stdio: 'pipe' });
  return fork(path, given, { env, stdio: ['pipe', 'pipe', 'inherit', 'ipc'] });
}
