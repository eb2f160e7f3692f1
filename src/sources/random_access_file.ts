import type { TakeMemory } from '../files/memory';

/** A file open for reading at any place, wherever it lies. */
export interface RandomAccessFile {
  /** Path or URL, for messages. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /**
   * @param take memory for the bytes, if a file can use it; fresh by default.
   * @returns exactly `length` bytes.
   * @throws {CheckpointError} when the file ends before `position + length` or cannot be read.
   */
  read(position: number, length: number, take?: TakeMemory): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}
