import type { Encoding, Offsets } from './encoding';
import { partLength, type RowLayout, rowLength } from './row_layout';
import type { TokenSequence } from './token_sequence';

/** A row of tokens: its layout, and the sequences that the layout's windows are of. */
export interface EncodedRow {
  readonly layout: RowLayout;
  readonly sequences: readonly TokenSequence[];
}

/** Which keys a row's encoding has beside its ids. */
export interface RowKeys {
  readonly tokenTypeIds: boolean;
  readonly attentionMask: boolean;
  readonly specialTokensMask: boolean;
  readonly offsetMapping: boolean;
}

/** What a model takes of a row, before padding. */
export function encodeRow(row: EncodedRow, keys: RowKeys): Encoding {
  const encoding: Encoding = { input_ids: idsOfRow(row) };
  if (keys.tokenTypeIds) encoding.token_type_ids = fillRow(row, (part) => part.typeId);
  if (keys.attentionMask) encoding.attention_mask = fillRow(row, () => 1);
  if (keys.specialTokensMask) encoding.special_tokens_mask = fillRow(row, (part) => ('ids' in part ? 1 : 0));
  if (keys.offsetMapping) encoding.offset_mapping = offsetsOfRow(row);
  return encoding;
}

function idsOfRow({ layout, sequences }: EncodedRow): number[] {
  const ids: number[] = [];
  for (const part of layout) {
    if ('ids' in part) for (const id of part.ids) ids.push(id);
    else {
      const { ids: all } = sequences[part.sequence]!;
      for (let index = part.from; index < part.to; index++) ids.push(all[index]!);
    }
  }
  return ids;
}

function offsetsOfRow({ layout, sequences }: EncodedRow): Offsets[] {
  const offsets: Offsets[] = [];
  for (const part of layout) {
    if ('ids' in part) for (const _ of part.ids) offsets.push([0, 0]);
    else {
      const { starts, ends } = sequences[part.sequence]!.tokens;
      for (let index = part.from; index < part.to; index++) offsets.push([starts[index]!, ends[index]!]);
    }
  }
  return offsets;
}

function fillRow({ layout }: EncodedRow, fill: (part: RowLayout[number]) => number): number[] {
  const values = new Array<number>(rowLength(layout));
  let at = 0;
  for (const part of layout) {
    const end = at + partLength(part);
    values.fill(fill(part), at, end);
    at = end;
  }
  return values;
}
