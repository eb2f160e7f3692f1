import type { FileEntry } from '@zip.js/zip.js';
import { BackendError } from '../../errors';
import { nodeBuiltin } from '../../files/node_builtins';
import { openLocalFile } from '../../sources/local_file';
import { zipReader } from '../../sources/zip_reader';
import type { PinnedWheel } from './pinned_wheels';

/**
 * Takes the files of interest out of a wheel, one after the other, in streams.
 *
 * @param path the wheel, whose hash has been checked.
 * @param folder where `lib/`, `include/` and `nvidia/` are made.
 * @throws {BackendError} when there is nothing of interest in it.
 */
export async function extractWheel(
  { name, files }: Pick<PinnedWheel, 'name' | 'files'>,
  path: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { join } = nodeBuiltin('node:path');
  let taken = 0;
  for await (const entry of entriesOf(path)) {
    signal?.throwIfAborted();
    for (const { pattern, into } of files) {
      const place = pattern.exec(entry.filename)?.[1];
      if (place === undefined) continue;
      await writeEntry(entry, join(folder, into, place));
      taken++;
    }
  }
  if (taken > 0) return;
  throw new BackendError(`The wheel of ${name} must hold libraries, and it holds none; report it.`, { path });
}

/** Entries come when the one before has been dealt with. */
async function* entriesOf(path: string): AsyncGenerator<FileEntry> {
  const wheel = await openLocalFile(path);
  try {
    const zip = await zipReader(wheel);
    for await (const entry of zip.getEntriesGenerator()) if (!entry.directory) yield entry;
  } finally {
    await wheel.close();
  }
}

async function writeEntry(entry: FileEntry, file: string): Promise<void> {
  const fs = nodeBuiltin('node:fs');
  await fs.promises.mkdir(nodeBuiltin('node:path').dirname(file), { recursive: true });
  const isProgram = file.endsWith('/ptxas');
  const stream = fs.createWriteStream(file, { mode: isProgram ? 0o755 : 0o644 });
  await entry.getData(nodeBuiltin('node:stream').Writable.toWeb(stream), { checkCrc32: true });
}
