import type { SequencePart, SequenceTemplate, SpecialPart } from './sequence_template';
import type { TokenWindow } from './token_windows';

/** A part of a row: special tokens, or a window of a sequence. */
export type RowPart = SpecialPart | (SequencePart & TokenWindow);

/** What a row consists of, before padding. */
export type RowLayout = readonly RowPart[];

/**
 * Rows of one text or pair: the one that truncation leaves, then those with what it cut off, as Hugging Face's Rust
 * library orders them (`Encoding::merge_with`): every further window of one sequence with every window of the other.
 *
 * @param first windows of the first sequence.
 * @param second windows of the second sequence of a pair.
 * @param addSpecialTokens whether the special tokens of the template are there.
 */
export function layRows(
  template: SequenceTemplate,
  first: readonly TokenWindow[],
  second: readonly TokenWindow[] | undefined,
  addSpecialTokens: boolean,
): RowLayout[] {
  let main: RowPart[] = [];
  let overflowing: RowPart[][] = [];
  for (const part of second === undefined ? template.single : template.pair) {
    if ('ids' in part && !addSpecialTokens) continue;
    const parts = rowParts(part, first, second);
    const kept = parts[0]!;
    if (parts.length > 1 || overflowing.length > 0) {
      const others = parts.slice(1);
      overflowing = [
        ...overflowing.flatMap((row) => [[...row, kept], ...others.map((other) => [...row, other])]),
        ...others.map((other) => [...main, other]),
      ];
    }
    main = [...main, kept];
  }
  return [main, ...overflowing];
}

/** Number of tokens of a row. */
export function rowLength(row: RowLayout): number {
  let length = 0;
  for (const part of row) length += partLength(part);
  return length;
}

/** Number of tokens of a part of a row. */
export function partLength(part: RowPart): number {
  return 'ids' in part ? part.ids.length : part.to - part.from;
}

function rowParts(
  part: SpecialPart | SequencePart,
  first: readonly TokenWindow[],
  second: readonly TokenWindow[] | undefined,
): RowPart[] {
  if ('ids' in part) return [part];
  const windows = part.sequence === 0 ? first : (second ?? []);
  const { sequence, typeId } = part;
  return windows.map(({ from, to }) => ({ sequence, typeId, from, to }));
}
