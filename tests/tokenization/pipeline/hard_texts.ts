import { readTexts } from '../tables';

const { shared, more } = readTexts();

const CHARACTERS = Array.from(
  'aAbBe  \t\'".,!?-_()[]<>\u2581\u00e9\u0301\u0308\u0323\u0344\u00df\u0130\u03a3\u4e2d\u65e5\u3000\uff41\u2460\u00ba\u00bd' +
    '\u00ad\u200b\u200d\u0600\u0627\u{1f600}\u{1f3fd}\u00a9\u2019\u2026\u0e01\u0939\u093f\u1112\u1161\u11ab\ud55c\u0000' +
    '\u0001\u007f\u0085\ufb01\ufdfa\u1ebf\u212b~`yz0\r\n\u{1d400}\uffff',
);
const WORDS = ['[MASK]', '[UNK]', '[CLS]', '[SEP]', 'the', 'The white whale', '<0x41>', '  ', 'e\u0301'];

/** Texts that tokenizers disagree about, and random ones of the characters and words that they disagree about. */
export const HARD_TEXTS: readonly string[] = [...shared, ...more, ...randomTexts(150)];

function randomTexts(count: number): string[] {
  const next = randomNumbers(20_240_229);
  const oneOf = (list: readonly string[]) => list[Math.floor(next() * list.length)]!;
  return Array.from({ length: count }, () => {
    const length = 1 + Math.floor(next() * 20);
    return Array.from({ length }, () => oneOf(next() < 0.15 ? WORDS : CHARACTERS)).join('');
  });
}

/** Numbers from 0 to 1, the same ones for the same seed (a linear congruential generator). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
