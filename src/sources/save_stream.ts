import { asOutput } from '../files/as_output';
import { nodeBuiltin } from '../files/node_builtins';

/**
 * Appends a stream to a file, which is made where there is none.
 *
 * @throws {OutputError} when the file cannot be written; whatever the stream throws.
 */
export function saveStream(path: string, stream: AsyncIterable<Uint8Array>): Promise<void> {
  return asOutput(path, async () => {
    const handle = await nodeBuiltin('node:fs/promises').open(path, 'a');
    try {
      // Appends all of it, also where the system takes a part at a time.
      for await (const chunk of stream) await handle.appendFile(chunk);
    } finally {
      await handle.close();
    }
  });
}
