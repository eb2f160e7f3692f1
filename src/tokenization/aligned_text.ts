/**
 * A text made from another one, and where its code units come from.
 *
 * Most texts are a plain stretch of the other: {@link start} says it all. Only where characters were left out or have
 * grown, {@link alignment} says it for each code unit.
 */
export interface AlignedText {
  readonly text: string;
  /** Where the text begins in the other one, in UTF-16 code units. */
  readonly start: number;
  /** Undefined where code unit `i` comes from code unit `start + i`. */
  readonly alignment: Alignment | undefined;
}

/** Where each code unit of a text comes from: the beginning and the end of its source. */
export interface Alignment {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** A text that was made from nothing but itself. */
export function plainText(text: string): AlignedText {
  return { text, start: 0, alignment: undefined };
}

/** The part of a text from `from` to `to`. */
export function sliceAligned({ text, start, alignment }: AlignedText, from: number, to: number): AlignedText {
  const part = text.slice(from, to);
  if (alignment === undefined) return { text: part, start: start + from, alignment };
  const starts = alignment.starts.slice(from, to);
  return { text: part, start: starts[0] ?? start, alignment: { starts, ends: alignment.ends.slice(from, to) } };
}

/** Two texts as one. */
export function joinAligned(first: AlignedText, second: AlignedText): AlignedText {
  const text = first.text + second.text;
  const areNeighbours = !first.alignment && !second.alignment && first.start + first.text.length === second.start;
  if (areNeighbours) return { text, start: first.start, alignment: undefined };
  const [a, b] = [alignmentOf(first), alignmentOf(second)];
  return {
    text,
    start: first.start,
    alignment: { starts: [...a.starts, ...b.starts], ends: [...a.ends, ...b.ends] },
  };
}

/**
 * A text with every character replaced by what `replace` makes of it.
 *
 * All that a character becomes has the position of that character.
 */
export function replaceCharacters(given: AlignedText, replace: (character: string) => string): AlignedText {
  const { starts, ends } = alignmentOf(given);
  let text = '';
  let at = 0;
  const newStarts: number[] = [];
  const newEnds: number[] = [];
  for (const character of given.text) {
    const replacement = replace(character);
    const isSameLength = replacement.length === character.length;
    for (let unit = 0; unit < replacement.length; unit++) {
      newStarts.push(starts[isSameLength ? at + unit : at]!);
      newEnds.push(ends[isSameLength ? at + unit : at + character.length - 1]!);
    }
    text += replacement;
    at += character.length;
  }
  return { text, start: given.start, alignment: { starts: newStarts, ends: newEnds } };
}

/** Where the code unit at `position` of a text begins in the one it comes from. */
export function sourceStart(aligned: AlignedText, position: number): number {
  const { start, alignment } = aligned;
  return alignment === undefined ? start + position : (alignment.starts[position] ?? endOf(aligned));
}

/** Where what ends at `position` of a text ends in the one it comes from. */
export function sourceEnd({ start, alignment }: AlignedText, position: number): number {
  return alignment === undefined ? start + position : (alignment.ends[position - 1] ?? start);
}

/** Where a text ends in the one it comes from. */
export function endOf(aligned: AlignedText): number {
  return sourceEnd(aligned, aligned.text.length);
}

function alignmentOf({ text, start, alignment }: AlignedText): Alignment {
  if (alignment !== undefined) return alignment;
  const starts = Array.from({ length: text.length }, (_, index) => start + index);
  return { starts, ends: starts.map((position) => position + 1) };
}
