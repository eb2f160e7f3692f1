import type { Readable } from 'node:stream';
import { splitLines } from '../files/split_lines';

/**
 * Lines of a stream, in groups: what one chunk completed, so that a slow writer is answered line by line.
 *
 * Line ends are `\n` or `\r\n`; a byte order mark is dropped; only one chunk and one line are held at a time.
 */
export function readLines(stream: Readable): AsyncGenerator<string[]> {
  return splitLines(decoded(stream));
}

async function* decoded(stream: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of stream as AsyncIterable<string | Uint8Array>) {
    yield typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}
