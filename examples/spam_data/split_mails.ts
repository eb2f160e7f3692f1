import heldOutNumbers from './held_out.json';
import { type Mail, textOf } from './mails';

/** Bodies that begin with fewer letters may be in both parts. */
const SAME_BODY_LETTERS = 30;
const FEWEST_LETTERS = 10;

/** The letters of a text in lower case, by which near-copies are found. */
export function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/g, '');
}

/**
 * Drops copies and holds out the mails of `held_out.json`, which were drawn by subject: no text, no thread and no
 * beginning of a body is in both parts.
 */
export function splitMails(mails: readonly Mail[]): { train: Mail[]; heldOut: Mail[] } {
  const isLong = (mail: Mail) => lettersOf(textOf(mail)).length >= FEWEST_LETTERS;
  const unique = [...new Map(mails.filter(isLong).map((mail) => [lettersOf(textOf(mail)), mail])).values()];
  const ids = new Set(
    Object.entries(heldOutNumbers).flatMap(([group, numbers]) => numbers.map((n) => `${group}/${n}`)),
  );
  const threads = new Set(mails.filter(({ id }) => ids.has(id)).map(threadOf));
  const heldOut = unique.filter((mail) => threads.has(threadOf(mail)));
  const starts = new Set(heldOut.map(bodyStartOf).filter((start) => start.length >= SAME_BODY_LETTERS));
  const train = unique.filter((mail) => !threads.has(threadOf(mail)) && !starts.has(bodyStartOf(mail)));
  return { train, heldOut };
}

function threadOf({ subject, body }: Mail): string {
  return lettersOf(subject) || lettersOf(body);
}

function bodyStartOf(mail: Mail): string {
  return lettersOf(textOf({ ...mail, subject: '' }));
}
