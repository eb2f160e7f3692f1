import { TokenizerError } from '../../errors';
import type { AlignedEngine } from '../tokenizer_engine';
import { joinRows } from './batch_rows';
import type { CallInputs, Example } from './call_inputs';
import type { CallOptions, ResolvedStrategies } from './call_options';
import { type EncodedRow, encodeRow, type RowKeys } from './encoded_row';
import type { BatchEncoding, Encoding } from './encoding';
import { type PaddingSettings, padEncoding } from './pad_encodings';
import { type CallResult, withPositionMaps } from './position_maps';
import { layRows, rowLength } from './row_layout';
import { RowPositions } from './row_positions';
import { countSpecial, type SequenceTemplate } from './sequence_template';
import { TokenSequence } from './token_sequence';
import { truncateToWindows } from './token_windows';
import type { Side } from './truncate_sequences';

/** What {@link callFast} has to know of a tokenizer. */
export interface FastCallContext {
  readonly engine: AlignedEngine;
  readonly template: SequenceTemplate;
  readonly truncationSide: Side;
  readonly padToken: string;
  /** Text of an id. */
  tokenOf(id: number): string;
  /** Called with the length of each row when there is no maximum, padding included. */
  checkLength(length: number): void;
  /** Called with each warning. */
  warn(message: string): void;
}

/** Rows of a call, the number of the text that each comes from, and whether it is the first of that text. */
interface SampleRow extends EncodedRow {
  readonly sample: number;
  readonly isMain: boolean;
}

/**
 * Encodes texts as the fast class of the reference does: truncation by windows, overflowing tokens as rows of their own.
 *
 * One text gives lists, several give rows; so does one text with `returnOverflowingTokens`.
 */
export function callFast(
  { batched, examples }: CallInputs,
  options: CallOptions,
  strategies: ResolvedStrategies,
  padding: PaddingSettings,
  context: FastCallContext,
): CallResult<Encoding> | CallResult<BatchEncoding> {
  refuseStride(options, strategies, context.template);
  const rows = examples.flatMap((example, sample) => {
    // The reference takes an empty second text for none, but in a list for a text.
    const given = options.textPair === '' ? { first: example.first, second: undefined } : example;
    return encodeExample(given, sample, options, strategies, context);
  });
  const keys: RowKeys = {
    tokenTypeIds: options.returnTokenTypeIds ?? true,
    attentionMask: options.returnAttentionMask ?? true,
    specialTokensMask: options.returnSpecialTokensMask ?? false,
    offsetMapping: options.returnOffsetsMapping ?? false,
  };
  const encodings = rows.map((row) => encodeRow(row, keys));
  const longest = encodings.reduce(
    (length, { input_ids }, index) => (rows[index]!.isMain ? Math.max(length, input_ids.length) : length),
    0,
  );
  const settings: PaddingSettings =
    padding.strategy === 'longest' ? { ...padding, strategy: 'max_length', maxLength: longest } : padding;
  const padded = encodings.map((encoding) => {
    const filled = padEncoding(encoding, settings);
    if (strategies.maxLength === undefined) context.checkLength(filled.input_ids.length);
    return options.returnLength ? { ...filled, length: filled.input_ids.length } : filled;
  });
  const positions = (index: number) => {
    const row = rows[index]!;
    const missing = padded[index]!.input_ids.length - rowLength(row.layout);
    const sides = padding.side === 'left' ? { left: missing, right: 0 } : { left: 0, right: missing };
    return new RowPositions(row, sides, context.padToken, (id) => context.tokenOf(id));
  };
  if (!batched && !options.returnOverflowingTokens) return withPositionMaps(padded[0]!, 1, positions);
  const batch = joinRows(padded);
  if (options.returnOverflowingTokens) batch.overflow_to_sample_mapping = rows.map(({ sample }) => sample);
  return withPositionMaps(batch, rows.length, positions);
}

function encodeExample(
  { first, second }: Example,
  sample: number,
  options: CallOptions,
  { truncation, maxLength }: ResolvedStrategies,
  { engine, template, truncationSide, warn }: FastCallContext,
): SampleRow[] {
  const { addSpecialTokens = true, stride = 0, isSplitIntoWords = false, returnOffsetsMapping = false } = options;
  const sequences = [first, second].flatMap((texts) =>
    texts === undefined ? [] : [new TokenSequence(engine, texts, isSplitIntoWords, returnOffsetsMapping)],
  );
  const special = addSpecialTokens ? countSpecial(second === undefined ? template.single : template.pair) : 0;
  const room = maxLength === undefined ? undefined : maxLength - special;
  const isPossible = room === undefined || room >= 0;
  if (truncation !== 'do_not_truncate' && !isPossible) {
    warn(`maxLength (${maxLength}) has no room for the ${special} special tokens, so nothing is truncated; raise it.`);
  }
  const windows = truncateToWindows(sequences[0]!.ids.length, sequences[1]?.ids.length, {
    strategy: isPossible ? truncation : 'do_not_truncate',
    maxLength: room,
    stride,
    side: truncationSide,
  });
  // A pair has a row for each two windows: too many to be made for nothing.
  const wanted = options.returnOverflowingTokens ? undefined : 1;
  const layouts = layRows(template, windows.first.slice(0, wanted), windows.second?.slice(0, wanted), addSpecialTokens);
  return layouts.map((layout, index) => ({ layout, sequences, sample, isMain: index === 0 }));
}

/** Refuses a stride that no text of the longest length allowed could have, whether one is that long or not. */
function refuseStride({ stride = 0 }: CallOptions, strategies: ResolvedStrategies, template: SequenceTemplate): void {
  const { truncation, maxLength } = strategies;
  if (truncation === 'do_not_truncate' || maxLength === undefined) return;
  const room = maxLength - countSpecial(template.single);
  if (room < 0 || stride <= room) return;
  throw new TokenizerError(
    `Option stride must be less than the ${room} tokens that maxLength leaves beside special tokens, received ${stride}; lower it or raise maxLength.`,
    { path: 'stride', expected: `less than ${room}`, received: stride },
  );
}
