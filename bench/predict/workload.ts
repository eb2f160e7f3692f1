import type { BatchShape } from '../batch_shape';

/** Texts of one call of `predict`, as a tokenizer gives them. */
export interface Batch {
  readonly batch: number;
  /** Of the longest text. */
  readonly length: number;
  /** Tokens of each text; the rest is padding. */
  readonly textLengths: readonly number[];
}

/** What is timed as one measurement. */
export interface Workload {
  readonly name: string;
  /** Computed one after the other. */
  readonly batches: readonly Batch[];
}

/** Shapes that are timed by default. */
export const SHAPES: readonly BatchShape[] = [
  [1, 16],
  [1, 128],
  [8, 128],
  [1, 512],
  [2, 512],
];

/** Rows of the benchmark models' vocabulary. */
const VOCABULARY = 8000;

/** One shape by itself. */
export function uniform(batch: number, length: number): Workload {
  return { name: `(${batch}, ${length})`, batches: [{ batch, length, textLengths: Array(batch).fill(length) }] };
}

/** A batch of texts, each padded to the longest. */
export function padded(textLengths: readonly number[]): Batch {
  return { batch: textLengths.length, length: Math.max(...textLengths), textLengths };
}

/** Tokens with padding. */
export function tokensOf({ batches }: Workload): number {
  return batches.reduce((sum, { batch, length }) => sum + batch * length, 0);
}

/** Tokens without padding. */
export function realTokensOf({ batches }: Workload): number {
  return batches.flatMap(({ textLengths }) => textLengths).reduce((sum, length) => sum + length, 0);
}

/** Whether a batch has padding. */
export function isPadded({ length, textLengths }: Batch): boolean {
  return textLengths.some((own) => own < length);
}

/** 1 for tokens and 0 for padding, `[batch · length]`. */
export function maskOf({ batch, length, textLengths }: Batch): Int32Array {
  return Int32Array.from({ length: batch * length }, (_, index) =>
    index % length < textLengths[Math.floor(index / length)]! ? 1 : 0,
  );
}

/** Ids spread over the vocabulary, 0 for padding, `[batch · length]`. */
export function idsOf(batch: Batch): Int32Array {
  return maskOf(batch).map((isToken, index) => isToken * (1 + ((index * 7919) % (VOCABULARY - 1))));
}

/** The largest difference between two results `[tokens, width]` of a workload; rows of padding do not count. */
export function largestDifference(workload: Workload, values: Float32Array, expected: Float32Array): number {
  const mask = workload.batches.flatMap((batch) => [...maskOf(batch)]);
  if (values.length !== expected.length || values.length % mask.length !== 0) return Number.POSITIVE_INFINITY;
  const width = values.length / mask.length;
  let largest = 0;
  for (const [index, value] of values.entries()) {
    if (mask[Math.floor(index / width)] === 0) continue;
    // Unlike a comparison, Math.max keeps what is not a number.
    largest = Math.max(largest, Math.abs(value - expected[index]!));
  }
  return largest;
}
