import { UsageError } from '../errors';

/** A repository of the hub, and the revision that was named with it. */
export interface HubId {
  /** `owner/name`. */
  readonly name: string;
  readonly revision: string | undefined;
  /** Whether the hub was named by `hf://`, so that nothing else can be meant. */
  readonly explicit: boolean;
}

/** Owner and name begin and end with a letter or digit; a backslash or a colon makes a path of Windows. */
const ID = /^(hf:\/\/)?([A-Za-z0-9](?:[\w.-]*\w)?\/[A-Za-z0-9](?:[\w.-]*\w)?)(?:@(.+))?$/;

/**
 * Reads `owner/name`, `hf://owner/name` and either with `@revision`.
 *
 * @returns undefined for what cannot be a model of the hub.
 * @throws {UsageError} for `hf://` with anything else behind it.
 */
export function parseHubId(text: string): HubId | undefined {
  const [, scheme, name, revision] = ID.exec(text) ?? [];
  if (name !== undefined && !/--|\.\./.test(name)) return { name, revision, explicit: scheme !== undefined };
  if (!text.startsWith('hf://')) return undefined;
  throw new UsageError(`A model of the hub is named hf://owner/name or hf://owner/name@revision, received ${text}.`, {
    expected: 'hf://owner/name',
    received: text,
  });
}

/**
 * Checks a revision, which becomes the name of a file of the cache.
 *
 * @throws {UsageError} for what cannot be a branch, tag or commit.
 */
export function requireRevision(revision: string): string {
  const parts = revision.split('/');
  if (/^[\w./+-]+$/.test(revision) && !parts.some((part) => part === '' || /^\.+$/.test(part))) return revision;
  throw new UsageError(`revision must be a branch, tag or commit, received ${JSON.stringify(revision)}.`, {
    path: 'revision',
    received: revision,
  });
}
