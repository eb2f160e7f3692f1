/** Bytes of a file that have come in so far. */
export interface DownloadProgress {
  /** Name of the file in its folder or repository. */
  readonly file: string;
  /** Bytes that are here, those of an earlier, interrupted download included. */
  readonly loaded: number;
  /** Size of the file; undefined where the server does not say. */
  readonly total: number | undefined;
}

/**
 * How files are fetched from a URL or from the Hugging Face hub; a folder of this machine needs none of it.
 *
 * The defaults come from the environment variables that Python's `huggingface_hub` obeys, where there are any.
 *
 * @example
 * const options: SourceOptions = {
 *   revision: 'refs/pr/3',
 *   onDownload: ({ file, loaded, total }) => console.log(file, loaded, total),
 * };
 */
export interface SourceOptions {
  /** Branch, tag or commit of a hub repository; `'main'` by default. */
  readonly revision?: string | undefined;
  /**
   * Access token of the hub, sent to the hub's own host and nowhere else. By default `HF_TOKEN`, then the file that
   * `hf auth login` writes; `''` sends none.
   */
  readonly token?: string | undefined;
  /** Folder of the hub's cache; by default `HF_HUB_CACHE`, `HF_HOME/hub` or `~/.cache/huggingface/hub`. */
  readonly cacheDir?: string | undefined;
  /** Makes no request to the hub and takes what the cache has; by default what `HF_HUB_OFFLINE` says. */
  readonly offline?: boolean | undefined;
  /** Address of the hub; by default `HF_ENDPOINT` or https://huggingface.co. */
  readonly hubUrl?: string | undefined;
  /** Sends the requests, to go through a proxy or to add headers; the global `fetch` by default. */
  readonly fetch?: typeof fetch | undefined;
  /** Ends requests and downloads; what was asked for then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told of every piece of a file that comes in. */
  readonly onDownload?: ((progress: DownloadProgress) => void) | undefined;
  /** How often a request is made again after 429, 5xx or a broken connection; 5 by default. */
  readonly maxRetries?: number | undefined;
  /** Milliseconds before the first of these, doubled for each further one; 500 by default. */
  readonly retryDelay?: number | undefined;
}
