import type { DataSource } from '../../../src/data/readers/data_source';
import { type ReadOptions, readExamples } from '../../../src/data/readers/read_examples';

/** Bytes of texts in UTF-8, and bytes as they are. */
export function bytesOf(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const encoder = new TextEncoder();
  return Uint8Array.from(parts.flatMap((part) => [...(typeof part === 'string' ? encoder.encode(part) : part)]));
}

/** A source that gives the data in chunks of so many bytes. */
export function inChunks(data: string | Uint8Array, size: number): () => AsyncGenerator<Uint8Array> {
  const bytes = bytesOf(data);
  return async function* () {
    for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
  };
}

/** The columns of all rows. */
export async function valuesOf(source: DataSource, options: ReadOptions): Promise<unknown[]> {
  return (await readExamples(source, options).toArray()).map(({ values }) => values);
}
