import { CheckpointError } from '../errors';

/** What tells one version of a file on a server from another. */
export interface FileVersion {
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** In bytes; undefined where the server does not say. */
  readonly size: number | undefined;
}

/** The version that an answer belongs to, one with the whole file or with a part of it. */
export function versionOf(response: Response): FileVersion {
  const { headers } = response;
  return { etag: headers.get('etag'), lastModified: headers.get('last-modified'), size: sizeOf(response) };
}

/** Beginning of the part in an answer of status 206; 0 in any other. @throws {CheckpointError} when it does not say. */
export function startOf(what: string, response: Response): number {
  if (response.status !== 206) return 0;
  const range = contentRange(response);
  if (range !== undefined) return range.start;
  throw new CheckpointError(`${what} could not be read: the server sends a part without saying which; try another.`, {
    path: what,
    received: response.headers.get('content-range'),
  });
}

/** Whether two answers may be parts of the same file: whatever both say of it agrees. */
export function sameVersion(one: FileVersion, other: FileVersion): boolean {
  const agree = <T>(a: T | null | undefined, b: T | null | undefined) => a == null || b == null || a === b;
  return agree(one.etag, other.etag) && agree(one.size, other.size) && agree(one.lastModified, other.lastModified);
}

/** Headers that ask for the file's bytes from `start` on, of this version alone. */
export function rangeHeaders(
  start: number,
  end: number | undefined,
  version: FileVersion | undefined,
): Record<string, string> {
  if (start === 0 && end === undefined) return {};
  const headers: Record<string, string> = { range: `bytes=${start}-${end === undefined ? '' : end - 1}` };
  // Weak validators do not vouch for every byte, so that If-Range does not take them.
  if (version?.etag?.startsWith('"')) headers['if-range'] = version.etag;
  return headers;
}

function sizeOf(response: Response): number | undefined {
  const { headers, status } = response;
  if (status === 206 || status === 416) return contentRange(response)?.total;
  // The length of a compressed answer is not that of the file.
  if (!/^(identity)?$/.test(headers.get('content-encoding') ?? '')) return undefined;
  return asLength(headers.get('content-length'));
}

function contentRange({ headers }: Response): { start: number; total: number | undefined } | undefined {
  const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  return match === null ? undefined : { start: Number(match[1] ?? 0), total: asLength(match[2]!) };
}

function asLength(text: string | null): number | undefined {
  const value = text === null || !/^\d+$/.test(text) ? Number.NaN : Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
