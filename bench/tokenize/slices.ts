/** Slices of a text: one to warm up with, and one for each round, so that no line comes twice. */
export const SLICES = 13;

/** Part of a text. */
export interface Slice {
  readonly lines: readonly string[];
  /** In UTF-8, line ends left out. */
  readonly bytes: number;
}

/**
 * Deals the lines of a text out to slices of the same kind: the first line to the first slice, and so on.
 *
 * @param most bytes of a slice; lines that are left over are not used.
 */
export function sliceText(lines: readonly string[], most: number): Slice[] {
  const slices = Array.from({ length: SLICES }, () => ({ lines: [] as string[], bytes: 0 }));
  lines.forEach((line, index) => {
    const slice = slices[index % SLICES]!;
    const bytes = slice.bytes + Buffer.byteLength(line);
    if (bytes > most) return;
    slice.lines.push(line);
    slice.bytes = bytes;
  });
  return slices;
}
