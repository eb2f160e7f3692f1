import { CheckpointError, UsageError } from '../errors';
import { isNode, nodeBuiltin } from '../files/node_builtins';
import { asCheckpointError } from './as_checkpoint_error';
import type { FileSource } from './file_source';
import { HttpClient } from './http_client';
import { type HubId, parseHubId } from './hub_id';
import { hubRepository } from './hub_repository';
import { hubSettings } from './hub_settings';
import { isMissing } from './is_missing';
import { localFolder } from './local_folder';
import type { SourceOptions } from './source_options';
import { webFolder } from './web_folder';

/** Where a checkpoint's files are, and which of them was named. */
export interface ResolvedSource {
  readonly source: FileSource;
  /** Name of the file in the source; undefined when the whole place was named. */
  readonly file?: string;
}

/** Names that are those of files, not of folders or models. */
const FILE_NAME = /\.(json|safetensors|h5|hdf5|keras|bin|pt|pth|index|model|ckpt|pb|txt)$/i;

/**
 * Finds out what a string names.
 *
 * @param source a folder or file of this machine, an `http(s)` URL of either, or a model of the Hugging Face hub as
 *   `owner/name`, `owner/name@revision` or `hf://owner/name`. A folder of this machine takes precedence over a model.
 * @throws {CheckpointError} when there is nothing of that name.
 * @throws {UsageError} for a URL or an option that cannot be one.
 *
 * @example
 * const { source, file } = await resolveSource('https://example.org/spam/model.safetensors');
 * file; // 'model.safetensors'; source.open('config.json') opens the file beside it
 */
export async function resolveSource(source: string, options: SourceOptions = {}): Promise<ResolvedSource> {
  if (/^https?:\/\//i.test(source)) return webSource(source, options);
  const id = parseHubId(source);
  if (id?.explicit) return { source: await repository(id, options) };
  if (!isNode()) {
    if (id !== undefined) return { source: await repository(id, options) };
    throw new UsageError(
      `In a browser a checkpoint is named by an http(s) URL or as owner/name on the hub, received ${JSON.stringify(source)}.`,
      { received: source },
    );
  }
  const local = await localSource(source).catch((error: CheckpointError) => error);
  if (!(local instanceof CheckpointError)) return local;
  if (id === undefined || !isMissing(local) || FILE_NAME.test(id.name)) throw local;
  return { source: await repository(id, options).catch((error: unknown) => Promise.reject(inNeither(source, error))) };
}

async function localSource(path: string): Promise<ResolvedSource> {
  const stats = await asCheckpointError(path, () => nodeBuiltin('node:fs/promises').stat(path));
  if (stats.isDirectory()) return { source: localFolder(path) };
  const { basename, dirname } = nodeBuiltin('node:path');
  return { source: localFolder(dirname(path)), file: basename(path) };
}

async function webSource(text: string, options: SourceOptions): Promise<ResolvedSource> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '') {
    throw new UsageError(
      'A checkpoint at a URL is named by a valid one without user name and password; add credentials by the fetch option.',
      { expected: 'an http(s) URL' },
    );
  }
  const { hubUrl, token } = await hubSettings(options);
  const credentials = token === undefined ? undefined : { origin: new URL(hubUrl).origin, token };
  const client = new HttpClient(options, credentials);
  const [, folder = '', file = ''] = /^(.*\/)([^/]*)$/.exec(url.pathname)!;
  if (!FILE_NAME.test(file)) return { source: webFolder(url.href, client) };
  url.pathname = folder;
  return { source: webFolder(url.href, client), file: decoded(file) };
}

/** A part of a URL as text; it may hold a bare percent sign. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function repository({ name, revision }: HubId, options: SourceOptions): Promise<FileSource> {
  if (revision === undefined) return hubRepository(name, options);
  if (options.revision === undefined || options.revision === revision) {
    return hubRepository(name, { ...options, revision });
  }
  throw new UsageError(
    `${name} is asked for at revision ${revision} and by the option at ${options.revision}; name one of them.`,
    { path: 'revision', received: options.revision },
  );
}

/** The error of a name that may be meant as a folder or as a model, and is neither. */
function inNeither(source: string, error: unknown): unknown {
  if (!(error instanceof CheckpointError)) return error;
  const { message, path, received } = error;
  const reason = message.replace(`${source.replace(/@.*$/, '')} could not be read: `, '');
  return new CheckpointError(
    `${source} could not be read: it does not exist on this machine; as a model of the hub: ${reason}`,
    { ...(path !== undefined && { path }), received, cause: error },
  );
}
