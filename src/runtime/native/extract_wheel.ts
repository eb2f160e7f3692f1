import type { Entry, ZipFile } from 'yauzl';
import { BackendError } from '../../errors';
import { nodeBuiltin } from '../../files/node_builtins';
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
  for await (const { zip, entry } of entriesOf(path)) {
    signal?.throwIfAborted();
    for (const { pattern, into } of files) {
      const place = pattern.exec(entry.fileName)?.[1];
      if (place === undefined) continue;
      await writeEntry(zip, entry, join(folder, into, place));
      taken++;
    }
  }
  if (taken > 0) return;
  throw new BackendError(`The wheel of ${name} must hold libraries, and it holds none; report it.`, { path });
}

/** Entries come when the one before has been dealt with; yauzl refuses paths that lead out of the folder. */
async function* entriesOf(path: string): AsyncGenerator<{ zip: ZipFile; entry: Entry }> {
  const imported = await import('yauzl');
  const { openPromise } = imported.openPromise === undefined ? imported.default : imported;
  const zip = await openPromise(path, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) yield { zip, entry };
  } finally {
    zip.close();
  }
}

async function writeEntry(zip: ZipFile, entry: Entry, file: string): Promise<void> {
  const fs = nodeBuiltin('node:fs');
  await fs.promises.mkdir(nodeBuiltin('node:path').dirname(file), { recursive: true });
  const isProgram = file.endsWith('/ptxas');
  const stream = await zip.openReadStreamPromise(entry);
  await nodeBuiltin('node:stream/promises').pipeline(
    stream,
    fs.createWriteStream(file, { mode: isProgram ? 0o755 : 0o644 }),
  );
}
