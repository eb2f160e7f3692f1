import { CheckpointError } from '../../errors';
import type { RandomAccessFile } from '../../sources/random_access_file';
import type { H5Storage } from './h5_storage';

/** Deflate's own limit on how much it compresses. */
const MAX_EXPANSION = 1032;
/** What the library may unpack a chunk to, whatever the chunk claims: up to this it needs no look beforehand. */
const HARMLESS_BYTES = 256 << 20;
/** A checksum that is packed along. */
const CHECKSUM_BYTES = 4;

/**
 * Sees to it that no chunk of a dataset unpacks to more than it should: the library would go on until memory ends.
 *
 * @param location of the dataset, for the message.
 * @throws {CheckpointError} when one does.
 */
export async function checkInflation(
  file: RandomAccessFile,
  location: string,
  { deflated, chunkBytes }: H5Storage,
): Promise<void> {
  for (const { start, length } of deflated) {
    if (length * MAX_EXPANSION <= HARMLESS_BYTES) continue;
    if (await unpacksBeyond(await file.read(start, length), chunkBytes + CHECKSUM_BYTES)) {
      throw new CheckpointError(
        `A chunk of ${location} in ${file.path} must unpack to ${chunkBytes} bytes and has more; only trust files from who you know.`,
        { path: file.path, expected: chunkBytes },
      );
    }
  }
}

async function unpacksBeyond(bytes: Uint8Array<ArrayBuffer>, limit: number): Promise<boolean> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate')).getReader();
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return false;
      total += value.length;
      if (total > limit) return true;
    }
  } catch {
    // Damage is for the library to find.
    return false;
  } finally {
    await reader.cancel().catch(() => {});
  }
}
