import { CheckpointError, DebertaError } from '../errors';
import { isNode } from '../files/node_builtins';
import { type ConnectionProblem, connectionProblem, isPassing, type StatusProblem } from './http_problem';
import { Retries } from './retries';
import type { SourceOptions } from './source_options';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 10;

/** What is asked for, beside the URL. */
export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  /** What messages call it; the URL without its query, which may hold a signature, by default. */
  readonly what?: string;
}

/** Access token and the one origin it is sent to. */
export interface Credentials {
  readonly origin: string;
  readonly token: string;
}

/** Makes requests again where that may help, and keeps the access token to one host. */
export class HttpClient {
  readonly options: SourceOptions;
  readonly #credentials: Credentials | undefined;

  constructor(options: SourceOptions, credentials?: Credentials) {
    this.options = options;
    this.#credentials = credentials;
  }

  /** A count of tries, for one request or download. */
  retries(): Retries {
    return new Retries(this.options);
  }

  /**
   * Sends a request, several times where the server is out of reach or busy.
   *
   * @param statusProblem says what a 429 or 5xx means that came to the last.
   * @returns an answer of any other status.
   * @throws {CheckpointError} when there is no answer; the signal's reason when it fires.
   */
  async send(url: string, request: HttpRequest, statusProblem: StatusProblem): Promise<Response> {
    const what = request.what ?? withoutQuery(url);
    const retries = this.retries();
    for (;;) {
      const outcome = await this.#try(url, what, request);
      if ('passing' in outcome) {
        if (!outcome.passing || !(await retries.next())) throw outcome.problem;
      } else if (isPassing(outcome.status)) {
        await discard(outcome);
        if (!(await retries.next(retryAfter(outcome)))) throw statusProblem(what, outcome);
      } else {
        return outcome;
      }
    }
  }

  async #try(url: string, what: string, request: HttpRequest): Promise<Response | ConnectionProblem> {
    try {
      return await this.#follow(url, what, request);
    } catch (error) {
      this.options.signal?.throwIfAborted();
      if (error instanceof DebertaError) throw error;
      return connectionProblem(what, url, error);
    }
  }

  /** Follows redirects by hand, where that is possible, so that each request gets the headers meant for its host. */
  async #follow(start: string, what: string, request: HttpRequest): Promise<Response> {
    let url = start;
    for (let count = 0; count <= MOST_REDIRECTS; count++) {
      const response = await this.#fetch(url, request);
      if (!isNode()) {
        // A page cannot see redirects; its browser takes the token from those to another host.
        refuseDowngrade(what, url, response.url || url);
        return response;
      }
      if (!REDIRECTS.has(response.status)) return response;
      await discard(response);
      const next = redirectTarget(what, url, response.headers.get('location'));
      refuseDowngrade(what, url, next);
      url = next;
    }
    throw new CheckpointError(
      `${what} could not be read: there are more than ${MOST_REDIRECTS} redirects; check the address.`,
      { path: what },
    );
  }

  #fetch(url: string, { method = 'GET', headers = {} }: HttpRequest): Promise<Response> {
    const { fetch: send = fetch, signal } = this.options;
    const own: Record<string, string> = { ...headers };
    // Lengths and ranges are those of the file, not of a compressed copy; browsers see to that themselves.
    if (isNode()) own['accept-encoding'] = 'identity';
    const { origin, token } = this.#credentials ?? {};
    if (token !== undefined && new URL(url).origin === origin) own.authorization = `Bearer ${token}`;
    return send(url, { method, headers: own, redirect: isNode() ? 'manual' : 'follow', signal: signal ?? null });
  }
}

/** A URL as messages show it: its query may hold a signature. */
export function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** Lets go of an answer whose body nobody reads. */
export async function discard(response: Response): Promise<void> {
  // A connection that breaks meanwhile is of no interest any more.
  await response.body?.cancel().catch(() => {});
}

function redirectTarget(what: string, from: string, location: string | null): string {
  try {
    if (location !== null) return new URL(location, from).href;
  } catch {
    // Falls through to the error below.
  }
  throw new CheckpointError(`${what} could not be read: it redirects to no valid address; check the address.`, {
    path: what,
    received: location,
  });
}

function refuseDowngrade(what: string, from: string, to: string): void {
  const [before, after] = [new URL(from).protocol, new URL(to).protocol];
  if (after === 'https:' || (after === 'http:' && before === 'http:')) return;
  throw new CheckpointError(
    `${what} could not be read: it redirects from ${before} to ${after}, where anyone could change the file; ask its owner for an https address.`,
    { path: what, expected: 'https:', received: after },
  );
}

/** Milliseconds that an answer asks to wait. */
function retryAfter({ headers }: Response): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
