import { PIECE_BYTES } from './memory';
import { nodeBuiltin } from './node_builtins';

/** A new file written from its beginning to its end. */
export interface OutputFile {
  /**
   * Appends the bytes of any typed array.
   *
   * Returns when the bytes before these are written, so that the caller prepares the next meanwhile: the array may not
   * be changed until the next call returns.
   */
  write(values: ArrayBufferView): Promise<void>;
  /** Returns when everything is written; also throws what went wrong with the last write. */
  close(): Promise<void>;
}

/** Creates a file; system errors pass, `writeFolderAtomically` turns them into sentences. */
export async function createOutputFile(path: string): Promise<OutputFile> {
  const handle = await nodeBuiltin('node:fs/promises').open(path, 'wx');
  const append = async ({ buffer, byteOffset, byteLength }: ArrayBufferView) => {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    for (let written = 0; written < bytes.byteLength; ) {
      const length = Math.min(PIECE_BYTES, bytes.byteLength - written);
      const { bytesWritten } = await handle.write(bytes, written, length);
      written += bytesWritten;
    }
  };
  let pending: Promise<void> = Promise.resolve();
  return {
    async write(values) {
      await pending;
      pending = append(values);
      // Whoever waits for it next learns of a failure; until then it is not an unhandled one.
      pending.catch(() => {});
    },
    async close() {
      try {
        await pending;
      } finally {
        await handle.close();
      }
    },
  };
}
