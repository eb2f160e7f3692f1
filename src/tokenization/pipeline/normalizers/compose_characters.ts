import { combiningClass } from './combining_class';
import { isTooYoung } from './too_young';

/** A character of a new text, and what it does to those of the old one: see `NormalizedString.transform`. */
export interface CharacterChange {
  readonly character: string;
  readonly change: number;
}

/** Pairs to be remembered; there are far fewer that compose. */
const MOST_PAIRS = 1 << 16;

/** Makes one character of those that compose (the last step of NFC and NFKC). */
export function composeCharacters(decomposed: readonly CharacterChange[]): CharacterChange[] {
  const composed: CharacterChange[] = [];
  /** Where the last character of class 0 is in `composed`, -1 before the first. */
  let starter = -1;
  /** Class of the last character behind it that was not composed with it. */
  let lastClass = 0;
  for (const next of decomposed) {
    const nextClass = combiningClass(next.character);
    const isReachable = starter >= 0 && (lastClass === 0 ? true : lastClass < nextClass);
    const whole = isReachable ? composite(composed[starter]!.character, next.character) : undefined;
    if (whole !== undefined) {
      const { change } = composed[starter]!;
      composed[starter] = { character: whole, change: change + next.change - 1 };
      continue;
    }
    composed.push(next);
    if (nextClass === 0) starter = composed.length - 1;
    lastClass = nextClass;
  }
  return composed;
}

const pairs = new Map<string, string | undefined>();

/** What two characters become together, undefined when they stay two. */
function composite(first: string, second: string): string | undefined {
  const pair = first + second;
  if (pairs.has(pair)) return pairs.get(pair);
  if (pairs.size >= MOST_PAIRS) pairs.clear();
  const together = pair.normalize('NFC');
  const isOne = Array.from(together).length === 1 && !isTooYoung(together);
  const whole = isOne ? together : undefined;
  pairs.set(pair, whole);
  return whole;
}
