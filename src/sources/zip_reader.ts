import type { ZipReader } from '@zip.js/zip.js';
import { CheckpointError } from '../errors';
import type { RandomAccessFile } from './random_access_file';

/** A table of contents of several hundred thousand files. */
const MAX_BYTES_AT_ONCE = 64 << 20;

/**
 * The zip library on an open file, which it reads at the places it needs.
 *
 * Names that lead out of the archive are refused, as are files whose own header contradicts the table of contents.
 */
export async function zipReader(file: RandomAccessFile): Promise<ZipReader<unknown>> {
  const { Reader, ZipReader } = await import('@zip.js/zip.js');

  class FileReader extends Reader<RandomAccessFile> {
    override async init() {
      await super.init?.();
      this.size = file.size;
    }

    override async readUint8Array(position: number, length: number) {
      const available = Math.max(0, Math.min(length, file.size - position));
      if (available <= MAX_BYTES_AT_ONCE) return file.read(position, available);
      throw new CheckpointError(
        `${file.path} must have a table of contents of at most ${MAX_BYTES_AT_ONCE} bytes, received ${length}; get the file again.`,
        { path: file.path, expected: MAX_BYTES_AT_ONCE, received: length },
      );
    }
  }

  return new ZipReader(new FileReader(file), {
    filenameValidation: 'strict',
    checkOverlappingEntry: true,
    checkLocalFilename: true,
    useWebWorkers: false,
  });
}
