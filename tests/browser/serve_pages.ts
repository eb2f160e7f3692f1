import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** A page with one script. */
export interface ServedPage {
  readonly script: string;
  /** `Content-Security-Policy` of the page, none by default. */
  readonly policy?: string;
  /** Whether the page is isolated from other origins, as memory that threads share needs it; not by default. */
  readonly isIsolated?: boolean;
}

/** A server of pages and files on this machine. */
export interface PageServer {
  readonly origin: string;
  close(): void;
}

/**
 * Serves pages by name, and folders by URL prefix.
 *
 * @param folders the first prefix that fits counts.
 */
export async function servePages(
  pages: Readonly<Record<string, ServedPage>>,
  folders: Readonly<Record<string, string>>,
): Promise<PageServer> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url!, 'http://localhost').pathname));
    const page = pages[path.slice(1)];
    if (page !== undefined) {
      response.setHeader('content-type', 'text/html');
      if (page.policy !== undefined) response.setHeader('content-security-policy', page.policy);
      if (page.isIsolated) {
        response.setHeader('cross-origin-opener-policy', 'same-origin');
        response.setHeader('cross-origin-embedder-policy', 'require-corp');
      }
      response.end(`<!doctype html><script src="/${page.script}"></script>`);
      return;
    }
    const prefix = Object.keys(folders).find((start) => path.startsWith(start))!;
    const file = join(folders[prefix]!, path.slice(prefix.length));
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    // A file may be the script of a worker, which must be as isolated as its page.
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  };
}
