import type { SourceOptions } from './source_options';

/** Longest wait that a server may ask for; those of the hub are at most five minutes. */
const LONGEST_WAIT = 300_000;

/** Counts how often something was tried again, and waits twice as long each time. */
export class Retries {
  readonly #most: number;
  readonly #delay: number;
  readonly #signal: AbortSignal | undefined;
  #count = 0;

  constructor({ maxRetries = 5, retryDelay = 500, signal }: SourceOptions) {
    this.#most = maxRetries;
    this.#delay = retryDelay;
    this.#signal = signal;
  }

  /**
   * Waits until the next try.
   *
   * @param asked milliseconds that the server asks for, instead of the usual wait.
   * @returns false, at once, when there is to be no other try.
   * @throws the signal's reason when it fires meanwhile.
   */
  async next(asked?: number): Promise<boolean> {
    if (this.#count === this.#most || (asked ?? 0) > LONGEST_WAIT) return false;
    // Up to a half more, so that those who were sent away together do not come back together.
    const wait = asked ?? this.#delay * 2 ** this.#count * (1 + Math.random() / 2);
    this.#count++;
    await sleep(wait, this.#signal);
    return true;
  }

  /** Starts counting anew, after there was progress. */
  reset(): void {
    this.#count = 0;
  }
}

async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  let wake = () => {};
  try {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      signal?.addEventListener('abort', wake);
    });
  } finally {
    signal?.removeEventListener('abort', wake);
  }
  signal?.throwIfAborted();
}
