import type { Readable } from 'node:stream';

/**
 * Lines of a stream, in groups: what one chunk completed, so that a slow writer is answered line by line.
 *
 * Line ends are `\n` or `\r\n`; a byte order mark is dropped; only one chunk and one line are held at a time.
 */
export async function* readLines(stream: Readable): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  // In pieces: joining a long line again for every chunk would take time in the square of its length.
  let pieces: string[] = [];
  for await (const chunk of stream as AsyncIterable<string | Uint8Array>) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const [first = '', ...rest] = text.split('\n');
    pieces.push(first);
    if (rest.length === 0) continue;
    const last = rest.pop()!;
    yield [pieces.join(''), ...rest].map(withoutCarriageReturn);
    pieces = [last];
  }
  const last = pieces.join('') + decoder.decode();
  if (last !== '') yield [withoutCarriageReturn(last)];
}

function withoutCarriageReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
