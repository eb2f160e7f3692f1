import { CheckpointError } from '../../src/errors';
import { endsEarly } from '../../src/sources/ends_early';
import type { FileSource } from '../../src/sources/file_source';

/** A folder of files in memory. */
export function memorySource(files: Readonly<Record<string, Uint8Array>>): FileSource {
  return {
    location: 'memory',
    list: async () => Object.keys(files),
    has: async (name) => Object.hasOwn(files, name),
    pathOf: (name) => `memory/${name}`,
    async open(name) {
      const bytes = files[name];
      const path = `memory/${name}`;
      if (bytes === undefined) throw new CheckpointError(`${path} could not be read: it does not exist.`, { path });
      return {
        path,
        size: bytes.length,
        async read(position, length) {
          if (position + length > bytes.length) throw endsEarly(path, bytes.length, position + length);
          return Uint8Array.from(bytes.subarray(position, position + length));
        },
        close: async () => undefined,
      };
    },
    localPath: async (name) => name,
  };
}
