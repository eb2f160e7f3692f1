/** Where bytes go, in a browser or anywhere else. */
export interface ByteSink {
  /** Takes bytes, to be put after those of earlier calls. */
  write(bytes: Uint8Array): void | Promise<void>;
  /** Called when no more will come. */
  close(): void | Promise<void>;
}
