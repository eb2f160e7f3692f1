/**
 * One character of each canonical combining class of Unicode, in the order of the classes.
 *
 * JavaScript does not tell the class of a character, but its `normalize` sorts by it.
 */
const BY_CLASS = Array.from(
  '\u0334\u{16ff0}\u093c\u3099\u094d\u05b0\u05b1\u05b2\u05b3\u05b4\u05b5\u05b6\u05b7\u05b8\u05b9\u05bb\u05bc\u05bd\u05bf' +
    '\u05c1\u05c2\ufb1e\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670\u0711\u0c55\u0c56\u0e38\u0e48\u0eb8\u0ec8' +
    '\u0f71\u0f72\u0f74\u0321\u1dce\u031b\u1dfa\u0316\u302a\u302e\u1d16d\u05ae\u0301\u0315\u035c\u035d\u0345',
);

const LAST = BY_CLASS.at(-1)!;
const known = new Map<string, number>();

/** Number that grows with the canonical combining class of a character: 0 for class 0, which nothing is sorted across. */
export function combiningClass(character: string): number {
  let rank = known.get(character);
  if (rank === undefined) {
    rank = findRank(character);
    known.set(character, rank);
  }
  return rank;
}

function findRank(character: string): number {
  if (character === LAST) return BY_CLASS.length;
  if (!comesBefore(character, LAST)) return 0;
  let low = 0;
  let high = BY_CLASS.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comesBefore(BY_CLASS[middle]!, character)) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}

/** Whether sorting by class moves `first` in front of `second`. */
function comesBefore(first: string, second: string): boolean {
  const decomposed = first.normalize('NFD');
  return decomposed === first && (second + first).normalize('NFD') === first + second;
}
