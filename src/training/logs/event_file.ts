import { type AppendedFile, openToAppend } from '../../files/append_file';
import { asOutput } from '../../files/as_output';
import { nodeBuiltin } from '../../files/node_builtins';

/** The time in a file's name: ten digits, so that names are in the order of the times. */
const NAME = /^events\.out\.tfevents\.(\d{10})\./;

/**
 * Makes a new event file in a folder.
 *
 * TensorBoard reads the files of a folder in the order of their names and never goes back, so that the name has a later
 * time than all that are there, even if the clock was put back or a run is resumed within a second.
 *
 * @throws {OutputError} when the folder cannot be made or written.
 */
export async function openEventFile(folder: string): Promise<AppendedFile> {
  const fs = nodeBuiltin('node:fs/promises');
  const names = await asOutput(folder, async () => {
    await fs.mkdir(folder, { recursive: true });
    return fs.readdir(folder);
  });
  const newest = names.reduce((seconds, name) => Math.max(seconds, Number(NAME.exec(name)?.[1] ?? 0)), 0);
  const seconds = Math.max(Math.floor(Date.now() / 1000), newest + 1);
  const host = nodeBuiltin('node:os')
    .hostname()
    .replace(/[^\w.-]/g, '_');
  const name = `events.out.tfevents.${String(seconds).padStart(10, '0')}.${host}.${process.pid}`;
  return openToAppend(nodeBuiltin('node:path').join(folder, name), { isNew: true });
}
