import { CheckpointError } from '../errors';

let loading: ReturnType<typeof load> | undefined;

/** The format's densest element, a copy of 64 bytes, takes three. */
const LARGEST_GROWTH = 64 / 3;

/**
 * Uncompresses a block of Snappy; the library is loaded when the first is met, since TensorFlow itself writes none.
 *
 * @param what the block is, for the message.
 * @param take is told the size before the memory is taken, and may refuse by throwing.
 * @throws {CheckpointError} when the block is damaged, or says it is larger than so many bytes can become.
 */
export async function uncompressSnappy(
  bytes: Uint8Array,
  what: string,
  take: (size: number) => void,
): Promise<Uint8Array> {
  const size = readLength(bytes);
  if (size === undefined || size > bytes.length * LARGEST_GROWTH) {
    throw new CheckpointError(
      `${what} must be a block of at most ${Math.floor(bytes.length * LARGEST_GROWTH)} bytes compressed by Snappy, received ${size === undefined ? 'no size' : `${size} bytes`}; get the file again.`,
      { received: size },
    );
  }
  take(size);
  loading ??= load();
  const { snappyUncompress } = await loading;
  try {
    return snappyUncompress(bytes, size);
  } catch (cause) {
    throw new CheckpointError(`${what} must be compressed by Snappy and is damaged; get the file again.`, { cause });
  }
}

/** An ES module. */
function load() {
  return import('hysnappy');
}

/** The uncompressed size that stands before the block: seven bits a byte, lowest first. */
function readLength(bytes: Uint8Array): number | undefined {
  let length = 0;
  for (let index = 0; index < 5; index++) {
    const byte = bytes[index];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  return undefined;
}
