import { TokenizerError } from '../../errors';
import { joinRows } from './batch_rows';
import type { CallInputs } from './call_inputs';
import type { CallOptions, ResolvedStrategies } from './call_options';
import type { BatchEncoding, Encoding } from './encoding';
import { type PaddingSettings, padEncodings, padSingle } from './pad_encodings';
import { type CallResult, withPositionMaps } from './position_maps';
import { prepareEncoding, type SpecialTokenTemplate } from './prepare_encoding';
import type { Side } from './truncate_sequences';

/** What {@link callSlow} has to know of a tokenizer. */
export interface SlowCallContext {
  readonly template: SpecialTokenTemplate;
  readonly truncationSide: Side;
  /** Ids of a text, without special tokens around them. */
  idsOf(text: string): number[];
  /** Called with each warning. */
  warn(message: string): void;
  /** Called with the length of each encoding that has no maximum, before padding. */
  checkLength(length: number): void;
  /** Called when a text could not be truncated as it should have been. */
  fail(problem: string): void;
}

/** Encodes texts as the slow class of the reference does. */
export function callSlow(
  { batched, examples }: CallInputs,
  options: CallOptions,
  strategies: ResolvedStrategies,
  padding: PaddingSettings,
  context: SlowCallContext,
): CallResult<Encoding> | CallResult<BatchEncoding> {
  const { template, truncationSide, idsOf, warn, fail, checkLength } = context;
  refuseOffsets(options);
  const idsOfAll = (texts: readonly string[]) => (texts.length === 1 ? idsOf(texts[0]!) : texts.flatMap(idsOf));
  const rows = examples.map(({ first, second }) => {
    const secondIds = second === undefined ? undefined : idsOfAll(second);
    const prepared = prepareEncoding(idsOfAll(first), secondIds, options, strategies, truncationSide, template);
    if (prepared.problem !== undefined) fail(prepared.problem);
    if (prepared.note !== undefined) warn(prepared.note);
    if (strategies.maxLength === undefined) checkLength(prepared.encoding.input_ids.length);
    return prepared.encoding;
  });
  const measure = (encoding: Encoding): Encoding =>
    options.returnLength ? { ...encoding, length: encoding.input_ids.length } : encoding;
  if (!batched) return withPositionMaps(measure(padSingle(rows[0]!, padding)), 1, undefined);
  return withPositionMaps(joinRows(padEncodings(rows.map(measure), padding)), rows.length, undefined);
}

function refuseOffsets({ returnOffsetsMapping }: CallOptions): void {
  if (!returnOffsetsMapping) return;
  throw new TokenizerError(
    'The slow tokenizer keeps no offsets, received returnOffsetsMapping: true; use DebertaV2TokenizerFast or leave that option out.',
    { path: 'returnOffsetsMapping', expected: false, received: true },
  );
}
