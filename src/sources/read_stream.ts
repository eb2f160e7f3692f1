import { CheckpointError } from '../errors';
import { endsEarly } from './ends_early';

/**
 * Puts a stream of a known length into memory.
 *
 * @throws {CheckpointError} when it is shorter, or longer than any memory; whatever the stream throws.
 */
export async function readStream(
  path: string,
  stream: AsyncIterable<Uint8Array>,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = allocate(path, length);
  let filled = 0;
  for await (const chunk of stream) {
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  if (filled < length) throw endsEarly(path, filled, length);
  return bytes;
}

/** A server may claim any size. */
function allocate(path: string, length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    throw new CheckpointError(`${path} is to be ${length} bytes long, more than memory holds; check the address.`, {
      path,
      received: length,
      cause,
    });
  }
}
