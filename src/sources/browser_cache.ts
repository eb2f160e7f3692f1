/** Name of the browser's cache that holds what was fetched. */
const CACHE_NAME = 'tfjs-deberta-v2';

/** The cache of a page; undefined where there is none: outside of browsers, and in pages that did not come by https. */
export async function browserCache(): Promise<Cache | undefined> {
  // A page may have the interface and yet be refused, as in a sandbox.
  return globalThis.caches?.open(CACHE_NAME).catch(() => undefined);
}

/**
 * Whether the cache has a file.
 *
 * @returns undefined where it has nothing from the file's folder, so that nothing is known of it.
 */
export async function isCached(url: string): Promise<boolean | undefined> {
  const cache = await browserCache();
  if ((await cache?.match(url)) !== undefined) return true;
  const folder = new URL('.', url).href;
  const known = (await cache?.keys()) ?? [];
  return known.some((request) => request.url.startsWith(folder)) ? false : undefined;
}
