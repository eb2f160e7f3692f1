/** What is done with the delimiters that a text is cut at. */
export const SPLIT_BEHAVIORS = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'] as const;

/** One of {@link SPLIT_BEHAVIORS}. */
export type SplitBehavior = (typeof SPLIT_BEHAVIORS)[number];

interface Part {
  start: number;
  end: number;
  readonly isDelimiter: boolean;
}

/**
 * Cuts a text at delimiters.
 *
 * @param matches beginning and end of each match, one after the other.
 * @param invert whether what is between the matches are the delimiters.
 * @param keep is told the parts in order.
 */
export function splitAtMatches(
  text: string,
  matches: readonly number[],
  behavior: SplitBehavior,
  invert: boolean,
  keep: (start: number, end: number) => void,
): void {
  const parts = partsOf(text, matches, invert);
  for (const { start, end, isDelimiter } of mergeParts(parts, behavior)) {
    if (behavior !== 'Removed' || !isDelimiter) keep(start, end);
  }
}

function partsOf(text: string, matches: readonly number[], invert: boolean): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (let index = 0; index < matches.length; index += 2) {
    const start = matches[index]!;
    const end = matches[index + 1]!;
    if (at !== start) parts.push({ start: at, end: start, isDelimiter: invert });
    parts.push({ start, end, isDelimiter: !invert });
    at = end;
  }
  if (at !== text.length) parts.push({ start: at, end: text.length, isDelimiter: invert });
  return parts;
}

function mergeParts(parts: Part[], behavior: SplitBehavior): Part[] {
  if (behavior === 'Removed' || behavior === 'Isolated') return parts;
  if (behavior === 'MergedWithNext') return mergeWithNext(parts);
  const merged: Part[] = [];
  let wasDelimiter = false;
  for (const part of parts) {
    const last = merged.at(-1);
    const joins = behavior === 'Contiguous' ? part.isDelimiter === wasDelimiter : part.isDelimiter && !wasDelimiter;
    if (joins && last !== undefined) last.end = part.end;
    else merged.push(part);
    wasDelimiter = part.isDelimiter;
  }
  return merged;
}

function mergeWithNext(parts: readonly Part[]): Part[] {
  const merged: Part[] = [];
  let wasDelimiter = false;
  for (let index = parts.length - 1; index >= 0; index--) {
    const part = parts[index]!;
    const last = merged.at(-1);
    if (part.isDelimiter && !wasDelimiter && last !== undefined) last.start = part.start;
    else merged.push(part);
    wasDelimiter = part.isDelimiter;
  }
  return merged.reverse();
}
