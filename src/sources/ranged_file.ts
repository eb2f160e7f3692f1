import { endsEarly } from './ends_early';
import { type FileVersion, versionOf } from './file_version';
import type { HttpClient } from './http_client';
import { statusProblem } from './http_problem';
import type { RandomAccessFile } from './random_access_file';
import { readStream } from './read_stream';
import { streamBytes } from './stream_bytes';

/** Small reads bring the bytes around them: one request for hundreds of small tensors. */
const BLOCK = 2 << 20;
/** So many blocks are kept, the ones read last. */
const MOST_BLOCKS = 4;

/** The beginning of every file that is read by ranges: {@link rangedFile} takes the answer to a request of it. */
export const FIRST_RANGE = { range: `bytes=0-${BLOCK - 1}` };

/** A file on a server that serves parts of it. */
export interface RangedFileSettings {
  readonly client: HttpClient;
  readonly url: string;
  /** What messages call it. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** The answer, of status 206, to a request with {@link FIRST_RANGE}. */
  readonly first: Response;
  /** Told how many bytes came in, all requests together. */
  readonly onBytes: (loaded: number) => void;
}

/** Reads parts of a file on a server as they are asked for. */
export function rangedFile({ client, url, path, size, first, onBytes }: RangedFileSettings): RandomAccessFile {
  const version: FileVersion = versionOf(first);
  const blocks = new Map<number, Promise<Uint8Array<ArrayBuffer>>>();
  let loaded = 0;

  async function* counted(start: number, end: number, response?: Response) {
    const request = { url, what: path, start, end, version, statusProblem };
    for await (const chunk of streamBytes(client, response === undefined ? request : { ...request, first: response })) {
      loaded += chunk.length;
      onBytes(loaded);
      yield chunk;
    }
  }

  const load = (start: number, length: number, response?: Response) =>
    readStream(path, counted(start, start + length, response), length);

  function block(index: number, response?: Response): Promise<Uint8Array<ArrayBuffer>> {
    const start = index * BLOCK;
    const found = blocks.get(index) ?? load(start, Math.min(BLOCK, size - start), response);
    // Puts it last, so that the first in the map is the one not read for longest.
    blocks.delete(index);
    blocks.set(index, found);
    if (blocks.size > MOST_BLOCKS) blocks.delete(blocks.keys().next().value!);
    found.catch(() => blocks.delete(index));
    return found;
  }

  void block(0, first);
  return {
    path,
    size,
    async read(position, length) {
      if (position + length > size) throw endsEarly(path, size, position + length);
      if (length >= BLOCK) return load(position, length);
      const bytes = new Uint8Array(length);
      for (let filled = 0; filled < length; ) {
        const place = position + filled;
        const part = (await block(Math.floor(place / BLOCK))).subarray(place % BLOCK).subarray(0, length - filled);
        bytes.set(part, filled);
        filled += part.length;
      }
      return bytes;
    },
    async close() {
      blocks.clear();
    },
  };
}
