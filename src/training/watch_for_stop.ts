import { UsageError } from '../errors';
import { isNode } from '../files/node_builtins';

/** Who may ask a run to stop. */
export interface StopRequests {
  readonly signal?: AbortSignal;
  /** Whether signals of the process count, false by default. */
  readonly handleSignals?: boolean;
}

/** Tells whether a run was asked to stop. */
export interface StopWatch {
  readonly isRequested: boolean;
  /** Listens no more. */
  release(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Listens for requests to stop.
 *
 * After the first signal of the process the next has its usual effect again, and ends a process that hangs.
 *
 * @throws {UsageError} for signals of the process where there are none, as in a browser.
 */
export function watchForStop({ signal, handleSignals = false }: StopRequests): StopWatch {
  if (handleSignals && !isNode()) {
    throw new UsageError('handleSignals needs a process that gets signals, as in Node.js; use signal instead.');
  }
  let isSignalled = false;
  const release = () => {
    if (handleSignals) for (const name of SIGNALS) process.off(name, onSignal);
  };
  const onSignal = () => {
    isSignalled = true;
    release();
  };
  if (handleSignals) for (const name of SIGNALS) process.on(name, onSignal);
  return {
    get isRequested() {
      return isSignalled || signal?.aborted === true;
    },
    release,
  };
}
