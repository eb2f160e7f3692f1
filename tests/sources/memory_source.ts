import { CheckpointError } from '../../src/errors';
import type { FileSource } from '../../src/sources/file_source';
import type { RandomAccessFile } from '../../src/sources/random_access_file';

/** A file of given bytes, which knows what was read of it. */
export interface MemoryFile extends RandomAccessFile {
  readonly reads: Array<readonly [position: number, length: number]>;
}

/** Bytes as an open file. */
export function memoryFile(bytes: Uint8Array, path = 'memory'): MemoryFile {
  const reads: MemoryFile['reads'] = [];
  return {
    path,
    size: bytes.length,
    reads,
    async read(position, length) {
      reads.push([position, length]);
      if (position >= 0 && position + length <= bytes.length)
        return Uint8Array.from(bytes.subarray(position, position + length));
      throw new CheckpointError(`${path} ends at byte ${bytes.length}; get the file again.`, { path });
    },
    close: async () => undefined,
  };
}

/** A folder of given files. */
export function memorySource(files: Readonly<Record<string, Uint8Array>>): FileSource {
  return {
    location: 'memory',
    list: async () => Object.keys(files),
    has: async (name) => Object.hasOwn(files, name),
    pathOf: (name) => name,
    open: async (name) => memoryFile(files[name]!, name),
    localPath: async (name) => name,
  };
}
