import { CheckpointError } from '../errors';

/** Says what a status of 400 or more means; `what` is the URL or the file. */
export type StatusProblem = (what: string, response: Response) => CheckpointError;

const REFUSALS: Readonly<Record<number, readonly [reason: string, advice: string]>> = {
  401: ['it wants credentials', 'add them by the fetch option'],
  403: ['access is refused', 'ask its owner, or add credentials by the fetch option'],
  404: ['it does not exist', 'check the address'],
  410: ['it was taken away', 'check the address'],
  429: ['there were too many requests', 'try again later'],
};

/** Errors that say that a server was out of reach, rather than that it refused. */
const unreachable = new WeakSet<object>();

/** The error of an answer of any web server. */
export function statusProblem(what: string, { status }: Response): CheckpointError {
  const fallback = ['the server refuses', 'check the address'] as const;
  const busy = ['the server fails', 'try again later'] as const;
  const [reason, advice] = REFUSALS[status] ?? (isPassing(status) ? busy : fallback);
  const message = `${what} could not be read: ${reason} (status ${status}); ${advice}.`;
  const problem = new CheckpointError(message, { path: what, received: status });
  if (isPassing(status)) unreachable.add(problem);
  return problem;
}

/** Whether another try may bring another answer. */
export function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'is not found; check the address and the connection',
  // What Linux says without a connection: nothing to wait for.
  EAI_AGAIN: 'is not found; check the address and the connection',
  ECONNREFUSED: 'refuses the connection; check the address, or try again later',
  ECONNRESET: 'cuts the connection again and again; try again later',
  UND_ERR_SOCKET: 'cuts the connection again and again; try again later',
};

/** Connections that may hold at the next try. */
const PASSING_CODES = /^(ECONNRESET|EPIPE|ETIMEDOUT|UND_ERR_.*)$/;

/** A request that got no answer. */
export interface ConnectionProblem {
  readonly problem: CheckpointError;
  /** Whether it may get one at the next try. */
  readonly passing: boolean;
}

/** The error of a request that got no answer, or half of one. */
export function connectionProblem(what: string, url: string, cause: unknown): ConnectionProblem {
  const code = codeOf(cause);
  const reason = REASONS[code ?? ''] ?? `does not answer (${code ?? 'the cause is not known'}); check the connection`;
  const problem = new CheckpointError(`${what} could not be read: the server ${new URL(url).host} ${reason}.`, {
    path: what,
    received: code ?? 'no answer',
    cause,
  });
  unreachable.add(problem);
  return { problem, passing: code !== undefined && PASSING_CODES.test(code) };
}

/** `fetch` hides the system's error in the cause of its own. */
function codeOf(error: unknown): string | undefined {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  const found = cause?.code ?? code;
  return typeof found === 'string' ? found : undefined;
}

/** Whether an error says that a server was out of reach, so that what is cached may do instead. */
export function isUnreachable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && unreachable.has(error);
}
