import type { Mail } from './mails';
import { lettersOf } from './split_mails';

/** Lengths in characters of sentences that are neither tiny nor long. */
const SHORTEST = 2;
export const LONGEST = 160;
/** Added to the share of sentences that have a word. */
const SMOOTHING = 8e-4;
/** What one word can contribute to the evidence. */
const WORD_LIMIT = 2.5;

/** A sentence of a mail, with the label of the mail. */
export interface Sentence {
  readonly text: string;
  readonly label: number;
  /** How much its words speak for spam: the natural logarithm of odds. */
  readonly evidence: number;
}

/** A body or what is left of one, cut into sentences. */
export function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?])\s+/);
}

/** Every different sentence of the mails once, each rated by word counts of all mails but its own. */
export function ratedSentences(mails: readonly Mail[]): Sentence[] {
  const found = new Map<string, { text: string; label: number; mail: number }>();
  for (const [mail, { subject, body, label }] of mails.entries()) {
    for (const text of usable(subject, body)) {
      const key = lettersOf(text);
      if (!found.has(key)) found.set(key, { text, label, mail });
    }
  }
  const totals = [0, 0];
  const counts = [new Map<string, number>(), new Map<string, number>()];
  const own = mails.map(() => new Map<string, number>());
  for (const { text, label, mail } of found.values()) {
    totals[label]!++;
    for (const word of wordsOf(text)) {
      for (const count of [counts[label]!, own[mail]!]) count.set(word, (count.get(word) ?? 0) + 1);
    }
  }
  const evidenceOf = (text: string, label: number, mail: number) => {
    let evidence = 0;
    for (const word of wordsOf(text)) {
      const [ham, spam] = [0, 1].map((k) => {
        const ofOthers = (counts[k]!.get(word) ?? 0) - (k === label ? own[mail]!.get(word)! : 0);
        return ofOthers / totals[k]! + SMOOTHING;
      });
      evidence += Math.max(-WORD_LIMIT, Math.min(WORD_LIMIT, Math.log(spam! / ham!)));
    }
    return evidence;
  };
  return [...found.values()].map(({ text, label, mail }) => ({ text, label, evidence: evidenceOf(text, label, mail) }));
}

/** The sentences of held-out mails that no training mail has, of these lengths in characters. */
export function unseenSentences(
  heldOut: readonly Mail[],
  train: readonly Mail[],
  [shortest, longest]: readonly [number, number],
): { text: string; label: number }[] {
  const seen = new Set(train.flatMap(({ subject, body }) => usable(subject, body)).map(lettersOf));
  const found = new Map<string, { text: string; label: number }>();
  for (const { subject, body, label } of heldOut) {
    for (const text of usable(subject, body)) found.set(lettersOf(text), { text, label });
  }
  const isNew = ([key, { text }]: [string, { text: string }]) =>
    !seen.has(key) && text.length >= shortest && text.length <= longest;
  return [...found].filter(isNew).map(([, sentence]) => sentence);
}

function usable(subject: string, body: string): string[] {
  const isUsable = (text: string) => text.length >= SHORTEST && text.length <= LONGEST && lettersOf(text) !== '';
  return [subject, ...sentencesOf(body)].filter(isUsable);
}

/** Words in lower case, and the signs that advertising likes. */
function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[a-z']+|[$%!?]/g) ?? []);
}
