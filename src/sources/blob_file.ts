import { CheckpointError } from '../errors';
import { endsEarly } from './ends_early';
import type { RandomAccessFile } from './random_access_file';

/** A file of a browser, which keeps large ones on disk and reads the parts that are asked for. */
export function blobFile(path: string, blob: Blob): RandomAccessFile {
  const { size } = blob;
  return {
    path,
    size,
    async read(position, length) {
      if (position + length > size) throw endsEarly(path, size, position + length);
      try {
        return new Uint8Array(await blob.slice(position, position + length).arrayBuffer());
      } catch (cause) {
        throw new CheckpointError(`${path} could not be read: the browser has dropped it; load the page again.`, {
          path,
          cause,
        });
      }
    },
    async close() {},
  };
}
