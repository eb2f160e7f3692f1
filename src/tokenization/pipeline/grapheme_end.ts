import { codePointWidth } from './code_point_width';

/** What a character does at the edges of a grapheme cluster (`Grapheme_Cluster_Break` of Unicode). */
const Break = {
  other: 0,
  control: 1,
  extend: 2,
  joiner: 3,
  spacingMark: 4,
  prepend: 5,
  pictographic: 6,
  hangulL: 7,
  hangulV: 8,
  hangulT: 9,
  hangulLV: 10,
  hangulLVT: 11,
  unknown: 255,
} as const;

const PREPEND =
  /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\u{110bd}\u{110cd}\u{111c2}\u{111c3}\u{113d1}\u{1193f}\u{11941}\u{11a84}-\u{11a89}\u{11d46}\u{11f02}]/u;
const EXTEND = /[\p{Grapheme_Extend}\p{Emoji_Modifier}]/u;
/** Unassigned characters that are never shown count as controls. */
const CONTROL =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\u2065\ufff0-\ufff8\u{e0000}\u{e0002}-\u{e001f}\u{e0080}-\u{e00ff}\u{e01f0}-\u{e0fff}]/u;
const SPACING_MARK = /[\p{Mc}\u0e33\u0eb3]/u;
/** Spacing marks that Unicode lets stand alone. */
const NOT_SPACING_MARK =
  /[\u102b\u102c\u1038\u1062-\u1064\u1067-\u106d\u1083\u1087-\u108c\u108f\u109a-\u109c\u1a61\u1a63\u1a64\uaa7b\uaa7d\u{11720}\u{11721}]/u;
const PICTOGRAPHIC = /\p{Extended_Pictographic}/u;
const ZERO_WIDTH_JOINER = 0x200d;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

const known = new Uint8Array(1 << 16).fill(Break.unknown);

/**
 * Where the grapheme cluster at `start` ends: what a reader takes for one character, such as a letter with its accents.
 *
 * Extended clusters of Unicode's annex 29 but for flags and Indic conjuncts, which makes no difference to
 * `PrecompiledNormalizer`: it treats clusters of 6 and more bytes like single characters. The platform's
 * `Intl.Segmenter` is not used because its time grows with the square of the text's length.
 */
export function graphemeEnd(text: string, start: number): number {
  let end = start + codePointWidth(text, start);
  if (text.charCodeAt(start) === CARRIAGE_RETURN) return text.charCodeAt(end) === LINE_FEED ? end + 1 : end;
  let last = breakOf(text, start);
  let isPictographic = last === Break.pictographic;
  while (end < text.length) {
    const next = breakOf(text, end);
    const isJoinedPicture = isPictographic && last === Break.joiner && next === Break.pictographic;
    if (!isJoinedPicture && !staysTogether(last, next)) break;
    if (next === Break.pictographic) isPictographic = true;
    else if (next !== Break.extend && (next !== Break.joiner || last === Break.joiner)) isPictographic = false;
    last = next;
    end += codePointWidth(text, end);
  }
  return end;
}

/** Whether a character belongs to the cluster of a character before it, whichever that is. */
export function joinsPrevious(text: string, position: number): boolean {
  const { extend, joiner, spacingMark, hangulV, hangulT } = Break;
  const kind: number = breakOf(text, position);
  return kind === extend || kind === joiner || kind === spacingMark || kind === hangulV || kind === hangulT;
}

/** Whether a character may take one into its cluster that does not join by itself. */
export function takesNext(text: string, position: number): boolean {
  const kind: number = breakOf(text, position);
  return kind === Break.prepend || kind === Break.hangulL || text.charCodeAt(position) === CARRIAGE_RETURN;
}

function staysTogether(last: number, next: number): boolean {
  if (last === Break.control || next === Break.control) return false;
  if (next === Break.extend || next === Break.joiner || next === Break.spacingMark) return true;
  if (last === Break.prepend) return true;
  switch (last) {
    case Break.hangulL:
      return next === Break.hangulL || next === Break.hangulV || next === Break.hangulLV || next === Break.hangulLVT;
    case Break.hangulLV:
    case Break.hangulV:
      return next === Break.hangulV || next === Break.hangulT;
    case Break.hangulLVT:
    case Break.hangulT:
      return next === Break.hangulT;
    default:
      return false;
  }
}

function breakOf(text: string, position: number): number {
  const code = text.codePointAt(position)!;
  if (code > 0xffff) return findBreak(code);
  if (known[code] === Break.unknown) known[code] = findBreak(code);
  return known[code]!;
}

function findBreak(code: number): number {
  if (code === ZERO_WIDTH_JOINER) return Break.joiner;
  const character = String.fromCodePoint(code);
  if (PREPEND.test(character)) return Break.prepend;
  if (EXTEND.test(character)) return Break.extend;
  if (CONTROL.test(character)) return Break.control;
  if (SPACING_MARK.test(character) && !NOT_SPACING_MARK.test(character)) return Break.spacingMark;
  if (PICTOGRAPHIC.test(character)) return Break.pictographic;
  return hangulBreak(code);
}

function hangulBreak(code: number): number {
  if ((code >= 0x1100 && code <= 0x115f) || (code >= 0xa960 && code <= 0xa97c)) return Break.hangulL;
  if ((code >= 0x1160 && code <= 0x11a7) || (code >= 0xd7b0 && code <= 0xd7c6)) return Break.hangulV;
  if ((code >= 0x11a8 && code <= 0x11ff) || (code >= 0xd7cb && code <= 0xd7fb)) return Break.hangulT;
  if (code < 0xac00 || code > 0xd7a3) return Break.other;
  return (code - 0xac00) % 28 === 0 ? Break.hangulLV : Break.hangulLVT;
}
