import { CheckpointError } from '../errors';
import { freshMemory, PIECE_BYTES } from '../files/memory';
import { nodeBuiltin } from '../files/node_builtins';
import { asCheckpointError } from './as_checkpoint_error';
import { endsEarly } from './ends_early';
import type { RandomAccessFile } from './random_access_file';

/** Opens a file of this machine. @throws {CheckpointError} when it is missing or cannot be read. */
export async function openLocalFile(path: string): Promise<RandomAccessFile> {
  const handle = await asCheckpointError(path, () => nodeBuiltin('node:fs/promises').open(path, 'r'));
  const stats = await asCheckpointError(path, () => handle.stat());
  if (!stats.isFile()) {
    try {
      // The system says best what a folder is.
      if (stats.isDirectory()) await asCheckpointError(path, () => handle.readFile());
      throw new CheckpointError(`${path} must be an ordinary file and is not; name a weights file.`, { path });
    } finally {
      await handle.close();
    }
  }
  const { size } = stats;
  return {
    path,
    size,
    async read(position, length, take = freshMemory) {
      // Before memory is taken: a damaged file may ask for any length.
      if (position + length > size) throw endsEarly(path, size, position + length);
      const bytes = take(length);
      for (let filled = 0; filled < length; ) {
        const { bytesRead } = await asCheckpointError(path, () =>
          handle.read(bytes, filled, Math.min(PIECE_BYTES, length - filled), position + filled),
        );
        if (bytesRead === 0) throw endsEarly(path, position + filled, position + length);
        filled += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}
