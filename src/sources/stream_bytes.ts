import { CheckpointError } from '../errors';
import { endsEarly } from './ends_early';
import { type FileVersion, rangeHeaders, sameVersion, startOf, versionOf } from './file_version';
import { discard, type HttpClient, withoutQuery } from './http_client';
import { connectionProblem, type StatusProblem } from './http_problem';
import { readChunks } from './read_chunks';

/** After so many bytes a connection that breaks counts as the first one again. */
const PROGRESS = 1 << 20;

/** What {@link streamBytes} brings. */
export interface ByteRequest {
  readonly url: string;
  /** What messages call it; the URL by default. */
  readonly what?: string;
  /** First byte, 0 by default. */
  readonly start?: number;
  /** Behind the last byte; the end of the file by default. */
  readonly end?: number;
  /** The file that it must be a part of; undefined where the caller verifies the content itself. */
  readonly version?: FileVersion;
  /** Size the file must have, where it is known. */
  readonly size?: number;
  /** An answer to the same request, to begin with. */
  readonly first?: Response;
  readonly statusProblem: StatusProblem;
}

/**
 * Bytes of a file on a server, in order; where the connection breaks it goes on from there.
 *
 * @throws {CheckpointError} when the server refuses or cannot be reached, the file changes meanwhile, is longer or
 *   shorter than it must be, or breaks off too often; the signal's reason when it fires.
 */
export async function* streamBytes(client: HttpClient, request: ByteRequest): AsyncGenerator<Uint8Array> {
  const { url, what = withoutQuery(url), start = 0, end, version, statusProblem } = request;
  const retries = client.retries();
  let response = request.first;
  let expected = end ?? request.size ?? version?.size;
  let [position, mark] = [start, start];
  for (;;) {
    response ??= await client.send(url, { headers: rangeHeaders(position, end, version), what }, statusProblem);
    if (!response.ok) throw statusProblem(what, response);
    const found = versionOf(response);
    if (version !== undefined && !sameVersion(version, found)) {
      await discard(response);
      throw hasChanged(what);
    }
    expected ??= found.size;
    // A server without ranges begins anew; what is here already is skipped.
    let place = startOf(what, response);
    if (place > position) throw hasChanged(what);
    let cause: unknown;
    try {
      for await (const chunk of readChunks(response.body)) {
        const rest = chunk.subarray(Math.max(0, position - place), end === undefined ? undefined : end - place);
        place += chunk.length;
        if (rest.length > 0) {
          position += rest.length;
          if (expected !== undefined && position > expected) throw isLonger(what, expected);
          yield rest;
        }
        if (end !== undefined && position >= end) return;
      }
      if (expected === undefined || position === expected) return;
    } catch (error) {
      client.options.signal?.throwIfAborted();
      if (error instanceof CheckpointError) throw error;
      cause = error;
    }
    if (position - mark >= PROGRESS) {
      retries.reset();
      mark = position;
    }
    if (!(await retries.next())) {
      if (cause === undefined) throw endsEarly(what, position, expected!);
      throw connectionProblem(what, url, cause).problem;
    }
    response = undefined;
  }
}

function hasChanged(what: string): CheckpointError {
  return new CheckpointError(`${what} changed on the server while it was being read; load it again.`, { path: what });
}

function isLonger(what: string, expected: number): CheckpointError {
  return new CheckpointError(`${what} goes on after the ${expected} bytes that it must have; get the file again.`, {
    path: what,
    expected,
  });
}
