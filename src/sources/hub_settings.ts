import { UsageError } from '../errors';
import { isNode, nodeBuiltin } from '../files/node_builtins';
import type { SourceOptions } from './source_options';

/** The hub's own address. */
const HUB_URL = 'https://huggingface.co';

/** {@link SourceOptions} of the hub with their defaults. */
export interface HubSettings {
  /** Without a `/` at its end. */
  readonly hubUrl: string;
  /** Undefined where there is none. */
  readonly token: string | undefined;
  readonly offline: boolean;
  /** Undefined in browsers. */
  readonly cacheDir: string | undefined;
}

/**
 * Settles where the hub and its cache are, by the variables that Python's `huggingface_hub` reads.
 *
 * The package `@huggingface/hub` knows the folder alone, and takes `~` for a name.
 *
 * @throws {UsageError} for an address or a token that cannot be one.
 */
export async function hubSettings(options: SourceOptions): Promise<HubSettings> {
  return {
    hubUrl: requireUrl(options.hubUrl ?? environment('HF_ENDPOINT') ?? HUB_URL),
    token: requireToken(options.token ?? (await defaultToken())),
    offline: options.offline ?? (isTrue('HF_HUB_OFFLINE') || isTrue('TRANSFORMERS_OFFLINE')),
    cacheDir: isNode() ? cacheFolder(options) : undefined,
  };
}

function cacheFolder({ cacheDir }: SourceOptions): string {
  const named = cacheDir ?? environment('HF_HUB_CACHE') ?? environment('HUGGINGFACE_HUB_CACHE');
  return named === undefined ? nodeBuiltin('node:path').join(homeFolder(), 'hub') : expandHome(named);
}

function homeFolder(): string {
  const { join } = nodeBuiltin('node:path');
  const caches = environment('XDG_CACHE_HOME') ?? join('~', '.cache');
  return expandHome(environment('HF_HOME') ?? join(caches, 'huggingface'));
}

async function defaultToken(): Promise<string | undefined> {
  if (!isNode() || isTrue('HF_HUB_DISABLE_IMPLICIT_TOKEN')) return undefined;
  const named = environment('HF_TOKEN') ?? environment('HUGGING_FACE_HUB_TOKEN');
  if (named !== undefined) return named;
  const path = environment('HF_TOKEN_PATH') ?? nodeBuiltin('node:path').join(homeFolder(), 'token');
  // Who is not logged in has no such file.
  return nodeBuiltin('node:fs/promises')
    .readFile(expandHome(path), 'utf8')
    .catch(() => undefined);
}

/** Checks a token here: `fetch` would put it into the message of its error. */
function requireToken(given: string | undefined): string | undefined {
  const token = given?.trim();
  if (token === undefined || token === '') return undefined;
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new UsageError('The access token of the hub must be one word of ASCII characters; copy it again.', {
    path: 'token',
  });
}

function requireUrl(text: string): string {
  if (/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')) return text.replace(/\/+$/, '');
  throw new UsageError(`hubUrl must be an http(s) address, received ${JSON.stringify(text)}.`, {
    path: 'hubUrl',
    received: text,
  });
}

function environment(name: string): string | undefined {
  return (isNode() && process.env[name]) || undefined;
}

function isTrue(name: string): boolean {
  return /^(1|on|yes|true)$/i.test(environment(name) ?? '');
}

function expandHome(path: string): string {
  return path.replace(/^~(?=$|[/\\])/, () => nodeBuiltin('node:os').homedir());
}
