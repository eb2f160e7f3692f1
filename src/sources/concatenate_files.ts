import { freshMemory } from '../files/memory';
import type { RandomAccessFile } from './random_access_file';

/** Several files read as if they were one, in the order given. */
export function concatenateFiles(files: readonly RandomAccessFile[]): RandomAccessFile {
  return {
    path: files[0]?.path ?? '',
    size: files.reduce((sum, { size }) => sum + size, 0),
    async read(position, length, take = freshMemory) {
      const bytes = take(length);
      let fileStart = 0;
      for (const file of files) {
        const start = Math.max(position, fileStart);
        const end = Math.min(position + length, fileStart + file.size);
        if (start < end) bytes.set(await file.read(start - fileStart, end - start), start - position);
        fileStart += file.size;
      }
      return bytes;
    },
    async close() {
      await Promise.all(files.map((file) => file.close()));
    },
  };
}
