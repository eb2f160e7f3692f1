import { nodeBuiltin } from './node_builtins';

/** A new file written from its beginning to its end. */
export interface OutputFile {
  /** Appends the bytes of any typed array. */
  write(values: ArrayBufferView): Promise<void>;
  close(): Promise<void>;
}

/** Creates a file; system errors pass, `writeFolderAtomically` turns them into sentences. */
export async function createOutputFile(path: string): Promise<OutputFile> {
  const handle = await nodeBuiltin('node:fs/promises').open(path, 'wx');
  return {
    async write({ buffer, byteOffset, byteLength }) {
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      for (let written = 0; written < bytes.byteLength; ) {
        const { bytesWritten } = await handle.write(bytes, written);
        written += bytesWritten;
      }
    },
    close: () => handle.close(),
  };
}
