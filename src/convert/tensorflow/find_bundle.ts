import { CheckpointError } from '../../errors';
import { isNode, nodeBuiltin } from '../../files/node_builtins';
import type { FileSource } from '../../sources/file_source';
import { readBytes } from '../../sources/read_json';
import { shardName } from '../../sources/shard_name';

/** The file in which TensorFlow notes the newest checkpoint of a folder. */
const STATE_FILE = 'checkpoint';

/**
 * The index of the TensorFlow checkpoint in a folder: the one that its file `checkpoint` names, else the only one.
 *
 * @returns undefined when there is none, or the place cannot list its files.
 * @throws {CheckpointError} when there are several and nothing says which.
 */
export async function findBundle(source: FileSource): Promise<string | undefined> {
  const indexes = ((await source.list()) ?? []).filter((name) => name.endsWith('.index')).sort();
  if (indexes.length < 2) return indexes[0];
  const newest = await newestCheckpoint(source);
  if (newest !== undefined && indexes.includes(newest)) return newest;
  throw new CheckpointError(
    `${source.location} must hold one TensorFlow checkpoint or say in the file checkpoint which is the newest, received ${indexes.join(', ')}; name one of them.`,
    { path: source.location, received: indexes },
  );
}

async function newestCheckpoint(source: FileSource): Promise<string | undefined> {
  if (!(await source.has(STATE_FILE))) return undefined;
  const text = new TextDecoder().decode(await readBytes(source, STATE_FILE));
  const prefix = /^model_checkpoint_path: "([^"]+)"/m.exec(text)?.[1];
  return prefix === undefined ? undefined : `${shardName(source.pathOf(STATE_FILE), prefix)}.index`;
}

/**
 * The index of the checkpoint that TensorFlow would call by this path, which is no file itself: `training/ckpt-3`.
 *
 * @returns the path as it is where it is something else.
 */
export async function indexOfPrefix(path: string): Promise<string> {
  if (!isNode()) return path;
  const { stat } = nodeBuiltin('node:fs/promises');
  const isThere = (file: string) =>
    stat(file).then(
      () => true,
      () => false,
    );
  const index = `${path}.index`;
  return !(await isThere(path)) && (await isThere(index)) ? index : path;
}
