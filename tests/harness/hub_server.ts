import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request that came in. */
export interface SeenRequest {
  /** `hub`, or `cdn` for the other port, where large files are. */
  readonly host: 'hub' | 'cdn';
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

/** Something that goes wrong with requests of some URLs. */
export interface Fault {
  /** Of the URLs; every one by default. */
  readonly url?: RegExp;
  readonly method?: string;
  /** How often, once by default. */
  readonly times?: number;
  /** Answers so instead. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cuts the connection after so many bytes of the body. */
  readonly cutAfter?: number;
  /** Serves the whole file, as servers without ranges do. */
  readonly ignoreRange?: boolean;
  /** Changes bytes of the file before it is served. */
  readonly change?: (content: Buffer) => Buffer;
  /** Sends the body in small pieces with a pause after each, milliseconds. */
  readonly trickle?: number;
}

/** A repository of the served hub. */
export interface ServedRepository {
  /** Full names of commits by revision. */
  readonly revisions: Readonly<Record<string, string>>;
  /** The same in every commit. */
  readonly files: Readonly<Record<string, Buffer>>;
  /** Files kept as large ones: named by SHA-256 and served by the other port. */
  readonly large?: readonly string[];
  /** Whom it is for: everybody by default. */
  readonly token?: string;
  /** Whether those without the token are told that it is gated, rather than that it is not there. */
  readonly gated?: boolean;
}

/** A server of this machine that speaks as the Hugging Face hub does, and serves plain files beside it. */
export class HubServer {
  readonly requests: SeenRequest[] = [];
  /** Bytes of bodies of files that were sent. */
  bytesServed = 0;
  readonly #repositories = new Map<string, ServedRepository>();
  readonly #files = new Map<string, Buffer>();
  #faults: (Fault & { left: number })[] = [];
  readonly #hub: Server;
  readonly #cdn: Server;
  #origins: [hub: string, cdn: string] = ['', ''];

  private constructor() {
    this.#hub = createServer((request, response) => void this.#answer('hub', request, response));
    this.#cdn = createServer((request, response) => void this.#answer('cdn', request, response));
  }

  static async start(): Promise<HubServer> {
    const server = new HubServer();
    for (const each of [server.#hub, server.#cdn]) await once(each.listen(0, '127.0.0.1'), 'listening');
    server.#origins = [originOf(server.#hub), originOf(server.#cdn)];
    return server;
  }

  get origin(): string {
    return this.#origins[0];
  }

  /** The other port, which no token is for. */
  get cdnOrigin(): string {
    return this.#origins[1];
  }

  /** Where in files the requests for their content began, in order. */
  get starts(): number[] {
    return this.requests
      .filter(({ method, url }) => method === 'GET' && !/\/(api|resolve)\//.test(url))
      .map(({ headers }) => Number(/\d+/.exec(headers.range ?? '0')![0]));
  }

  /** Requests as `GET /path`, without queries. */
  get asked(): string[] {
    return this.requests.map(({ method, url }) => `${method} ${url.replace(/\?.*/, '')}`);
  }

  addRepository(name: string, repository: ServedRepository): void {
    this.#repositories.set(name, repository);
  }

  /** Serves a file under a path of both ports. */
  addFile(path: string, content: Buffer): void {
    this.#files.set(path, content);
  }

  fail(fault: Fault): void {
    this.#faults.push({ ...fault, left: fault.times ?? 1 });
  }

  /** Forgets requests, faults and what is served. */
  reset(): void {
    this.requests.length = 0;
    this.bytesServed = 0;
    this.#faults = [];
    this.#repositories.clear();
    this.#files.clear();
  }

  close(): void {
    for (const each of [this.#hub, this.#cdn]) {
      each.close();
      each.closeAllConnections();
    }
  }

  async #answer(host: 'hub' | 'cdn', request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
    if (method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    this.requests.push({ host, method, url, headers });
    const fault = this.#faults.find(
      (each) => each.left > 0 && (each.url?.test(url) ?? true) && (each.method ?? method) === method,
    );
    if (fault !== undefined) fault.left--;
    for (const [name, value] of Object.entries(fault?.headers ?? {})) response.setHeader(name, value);
    if (fault?.status !== undefined) {
      response.writeHead(fault.status).end('a fault');
      return;
    }
    const { pathname } = new URL(url, this.origin);
    const file = this.#files.get(decodeURIComponent(pathname));
    if (file !== undefined) await this.#sendFile(request, response, file, fault);
    else if (host === 'hub') await this.#answerHub(request, response, pathname, fault);
    else response.writeHead(404).end();
  }

  async #answerHub(
    request: IncomingMessage,
    response: ServerResponse,
    pathname: string,
    fault: Fault | undefined,
  ): Promise<void> {
    const [, api, name, kind, place = ''] =
      /^\/(api\/models\/)?([^/]+\/[^/]+)\/(revision|tree|resolve)\/(.+)$/.exec(pathname) ?? [];
    const refuse = (status: number, code: string) => {
      response.writeHead(status, { 'x-error-code': code }).end(JSON.stringify({ error: code }));
    };
    if (name === undefined) {
      response.writeHead(404).end();
      return;
    }
    const repository = this.#repositories.get(name);
    const { authorization } = request.headers;
    if (authorization !== undefined && !/^Bearer hf_/.test(authorization)) return refuse(401, 'InvalidToken');
    if (repository === undefined) return refuse(authorization === undefined ? 401 : 404, 'RepoNotFound');
    const isAllowed = repository.token === undefined || authorization === `Bearer ${repository.token}`;
    // A gated model shows what it has, and keeps the content.
    if (!isAllowed && !(repository.gated && api !== undefined)) {
      if (repository.gated) return refuse(authorization === undefined ? 401 : 403, 'GatedRepo');
      return refuse(authorization === undefined ? 401 : 404, 'RepoNotFound');
    }
    const [revision, ...path] = place.split('/').map(decodeURIComponent);
    const commits = Object.values(repository.revisions);
    const commit = repository.revisions[revision!] ?? commits.find((each) => each === revision);
    if (commit === undefined) return refuse(404, 'RevisionNotFound');
    if (kind === 'revision') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ _id: '1', id: name, sha: commit, lastModified: new Date(0).toISOString() }));
      return;
    }
    if (kind === 'tree') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(Object.entries(repository.files).map((entry) => treeEntry(repository, ...entry))));
      return;
    }
    const file = path.join('/');
    const content = repository.files[file];
    if (content === undefined) return refuse(404, 'EntryNotFound');
    response.setHeader('x-repo-commit', commit);
    if (!repository.large?.includes(file)) {
      response.setHeader('etag', `"${gitId(content)}"`);
      return this.#sendFile(request, response, content, fault);
    }
    const id = sha256(content);
    this.addFile(`/blobs/${id}`, content);
    response.setHeader('x-linked-etag', `"${id}"`);
    response.setHeader('x-linked-size', content.length);
    response.writeHead(302, { location: `${this.cdnOrigin}/blobs/${id}?signature=secret` }).end();
  }

  async #sendFile(
    request: IncomingMessage,
    response: ServerResponse,
    original: Buffer,
    fault: Fault = {},
  ): Promise<void> {
    const content = fault.change?.(original) ?? original;
    const { range } = request.headers;
    if (!response.hasHeader('etag')) response.setHeader('etag', `"${sha256(content).slice(0, 16)}"`);
    let [start, end] = [0, content.length];
    if (range !== undefined && !fault.ignoreRange) {
      const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range)!;
      start = Number(first);
      end = last === '' ? end : Math.min(end, Number(last) + 1);
      const isPart = start < content.length;
      response.statusCode = isPart ? 206 : 416;
      response.setHeader('content-range', `bytes ${isPart ? `${start}-${end - 1}` : '*'}/${content.length}`);
      if (!isPart) {
        response.end();
        return;
      }
    }
    const body = content.subarray(start, end);
    if (!response.hasHeader('content-length')) response.setHeader('content-length', body.length);
    if (request.method === 'HEAD') response.end();
    else await this.#send(response, body, fault);
  }

  async #send(response: ServerResponse, body: Buffer, { cutAfter, trickle }: Fault): Promise<void> {
    const sent = body.subarray(0, cutAfter);
    this.bytesServed += sent.length;
    const step = trickle === undefined ? sent.length : Math.ceil(sent.length / 20);
    for (let place = 0; place < sent.length && !response.destroyed; place += step) {
      await new Promise((resolve) => response.write(sent.subarray(place, place + step), resolve));
      if (trickle !== undefined) await sleep(trickle);
    }
    if (cutAfter === undefined) response.end();
    // What was written is to arrive before the end does; of what arrives with it the client loses some.
    else setTimeout(() => response.socket?.destroySoon(), 10);
  }
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, range',
  'access-control-expose-headers': 'etag, link, content-range, x-error-code, x-repo-commit',
};

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function treeEntry({ large }: ServedRepository, path: string, content: Buffer) {
  const entry = { type: 'file', path, size: content.length, oid: gitId(content) };
  return large?.includes(path)
    ? { ...entry, lfs: { oid: sha256(content), size: content.length, pointerSize: 134 } }
    : entry;
}

/** Name of a large file on the hub. */
export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Name of a small file on the hub. */
export function gitId(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}
