import { DebertaError, TokenizerError } from '../../errors';
import type { EngineName } from '../load_engine';
import type { DebertaV2TokenizerOptions } from '../tokenizer_options';
import type { CallOptions } from './call_options';
import type { PackedColumn } from './packed_batch';
import type { TextBatch } from './text_batches';

/** What a worker makes its tokenizer of. */
export type TokenizerRecipe = { readonly options: DebertaV2TokenizerOptions } & (
  | { readonly kind: 'slow'; readonly engine: EngineName; readonly bytes: Uint8Array }
  | { readonly kind: 'fast model'; readonly bytes: Uint8Array }
  | { readonly kind: 'fast json'; readonly content: unknown }
);

/** A batch for a worker. */
export interface EncodeRequest extends TextBatch {
  readonly number: number;
  readonly options: Omit<CallOptions, 'returnTensors'>;
}

/** What the worker makes of it, and what it would have logged. */
export interface EncodeResponse {
  readonly number: number;
  readonly columns: readonly PackedColumn[];
  readonly error: SentError | undefined;
  readonly logs: readonly SentLog[];
}

/** A message for the logger of the thread that asked. */
export interface SentLog {
  readonly level: 'warn' | 'error';
  readonly message: string;
}

interface SentError {
  readonly message: string;
  readonly isOurs: boolean;
  readonly path: string | undefined;
  readonly expected: unknown;
  readonly received: unknown;
}

/** An error in a form that can be sent: classes do not survive the way from thread to thread. */
export function toSentError(error: unknown): SentError {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof DebertaError)) {
    return { message, isOurs: false, path: undefined, expected: undefined, received: undefined };
  }
  return { message, isOurs: true, path: error.path, expected: error.expected, received: error.received };
}

/** The error that was sent. */
export function fromSentError({ message, isOurs, ...details }: SentError): Error {
  const { path, ...values } = details;
  return isOurs ? new TokenizerError(message, path === undefined ? values : { path, ...values }) : new Error(message);
}
