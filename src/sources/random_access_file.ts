/** A file open for reading at any place, wherever it lies. */
export interface RandomAccessFile {
  /** Path or URL, for messages. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /**
   * @returns exactly `length` bytes, in memory of their own.
   * @throws {CheckpointError} when the file ends before `position + length` or cannot be read.
   */
  read(position: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}
