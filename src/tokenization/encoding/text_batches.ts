import { TokenizerError } from '../../errors';
import { type CallOptions, requireInteger } from './call_options';

/** A text of a stream, a pair of texts, or, with `isSplitIntoWords`, the words of a text. */
export type StreamedText = string | readonly [text: string, textPair: string] | readonly string[];

/** Options of a tokenizer's `encodeBatch`. */
export interface EncodeBatchOptions extends Omit<CallOptions, 'textPair'> {
  /** Texts in a batch, 256 by default. */
  batchSize?: number;
  /** Worker threads that encode, 0 (none) by default; Node only. Worth it for many megabytes of text. */
  workers?: number;
}

/** Texts as `call` takes them. */
export interface TextBatch {
  readonly texts: readonly string[] | readonly (readonly string[])[];
  readonly textPair: readonly string[] | undefined;
}

const BATCH_SIZE = 256;

/** Defaults and limits of the options that `call` does not have. */
export function streamSettings({ batchSize = BATCH_SIZE, workers = 0 }: EncodeBatchOptions): {
  batchSize: number;
  workers: number;
} {
  requireInteger('batchSize', batchSize, 1);
  requireInteger('workers', workers, 0);
  return { batchSize, workers };
}

/**
 * Texts in batches, read as they are asked for.
 *
 * @throws {TokenizerError} for a batch that has single texts and pairs.
 */
export async function* textBatches(
  texts: Iterable<StreamedText> | AsyncIterable<StreamedText>,
  batchSize: number,
  areWords: boolean,
): AsyncGenerator<TextBatch> {
  let batch: StreamedText[] = [];
  for await (const text of texts) {
    batch.push(text);
    if (batch.length < batchSize) continue;
    yield toBatch(batch, areWords);
    batch = [];
  }
  if (batch.length > 0) yield toBatch(batch, areWords);
}

function toBatch(items: readonly StreamedText[], areWords: boolean): TextBatch {
  if (areWords || items.every((item) => !Array.isArray(item))) {
    return { texts: items as TextBatch['texts'], textPair: undefined };
  }
  const other = items.find((item) => !isPair(item));
  if (other !== undefined) {
    throw new TokenizerError(
      `Texts of one batch must all be pairs or all be single texts, received a pair and ${describe(other)}; encode them apart.`,
      { path: 'texts', expected: 'pairs alone', received: other },
    );
  }
  const pairs = items as readonly (readonly [string, string])[];
  return { texts: pairs.map(([text]) => text), textPair: pairs.map(([, pair]) => pair) };
}

function isPair(item: StreamedText): boolean {
  return Array.isArray(item) && item.length === 2;
}

function describe(item: StreamedText): string {
  return Array.isArray(item) ? `a list of ${item.length}` : `a ${typeof item}`;
}
