import { codePointWidth } from '../code_point_width';

/** Finds beginning and end of each match in a text, one after the other; matches follow each other without overlap. */
export type FindMatches = (text: string) => number[];

/**
 * All matches of an expression with the flags `g` and `u`; none of them is empty right behind another.
 *
 * V8 finds empty ones between the two halves of a surrogate pair, which is inside a character: they are left out.
 */
export function regExpMatches(expression: RegExp): FindMatches {
  return (text) => {
    const matches: number[] = [];
    if (text === '') return matches;
    let lastEnd = -1;
    for (const { index, 0: match } of text.matchAll(expression)) {
      const end = index + match.length;
      if (match === '' && (index === lastEnd || isInsidePair(text, index))) continue;
      matches.push(index, end);
      lastEnd = end;
    }
    return matches;
  };
}

function isInsidePair(text: string, position: number): boolean {
  return position > 0 && codePointWidth(text, position - 1) === 2;
}
