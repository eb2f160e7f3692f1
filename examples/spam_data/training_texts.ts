import { RandomStream, shuffled } from '../../src/index';
import { type Mail, textOf } from './mails';
import { LONGEST, ratedSentences, type Sentence, sentencesOf } from './sentences';

/** Mails of spam are read again until they are this part of all. */
const SPAM_SHARE = 0.4;
// What becomes of a mail in an epoch: the text of the evaluation, a beginning of LONG_CHARACTERS so that far distances
// are learnt too, or otherwise some sentences of it.
const FULL_TEXT = 0.7;
const LONG_TEXT = 0.05;
const LONG_CHARACTERS = 900;
const PART_CHARACTERS = [80, 300] as const;

// Besides the mails an epoch has single sentences, equally many of each length and of both labels.
const SENTENCES = 5000;
/** Upper limits of their lengths, in characters. */
const BUCKETS = [20, 40, 80, LONGEST];
const SPAM_SENTENCES = 0.5;
/** Most sentences of spam are innocent, a few of ham are not: how much words must speak for a sentence's label. */
const SPAM_FROM = 1.5;
const HAM_UP_TO = 4;
/** Chance that of two sentences of ham the one is taken whose words speak more for spam. */
const HARD_HAM = 0.5;
/** Chance that a sentence ends in any sign. */
const LAST_SIGN = 0.3;

// Chances that the capitals of a text are changed, that it loses words, and for each of these to be lost.
const LOWER_CASE = 0.1;
const SENTENCE_CASE = 0.1;
const UPPER_CASE = 0.03;
const DROPPED_TEXT = 0.3;
const DROPPED_WORD = 0.12;

/** A text to learn from. */
export interface LabelledText {
  readonly text: string;
  readonly label: number;
}

/**
 * Draws the texts of an epoch: each mail as one of the many texts that it could have been, and single sentences in which
 * length says nothing about the label. Capitals and missing words must not matter, so some texts have others or less.
 */
export class TrainingTexts {
  /** Texts of an epoch. */
  readonly count: number;
  readonly #ham: Mail[];
  readonly #spam: Mail[];
  readonly #spamAgain: number;
  readonly #pools: Sentence[][][];

  constructor(mails: readonly Mail[]) {
    this.#ham = mails.filter(({ label }) => label === 0);
    this.#spam = mails.filter(({ label }) => label === 1);
    const wanted = Math.round((this.#ham.length * SPAM_SHARE) / (1 - SPAM_SHARE));
    this.#spamAgain = Math.max(0, wanted - this.#spam.length);
    this.count = mails.length + this.#spamAgain + SENTENCES;
    this.#pools = BUCKETS.map(() => [[], []]);
    for (const sentence of ratedSentences(mails)) {
      const { label, evidence, text } = sentence;
      const isTelling = label === 1 ? evidence >= SPAM_FROM : evidence <= HAM_UP_TO;
      if (isTelling) this.#pools[BUCKETS.findIndex((limit) => text.length <= limit)]![label]!.push(sentence);
    }
  }

  /** The texts of one epoch, which follow from the seed. */
  draw(seed: number): LabelledText[] {
    const random = new RandomStream(seed);
    const again = Array.from({ length: this.#spamAgain }, () => pick(this.#spam, random));
    const ofMails = [...this.#ham, ...this.#spam, ...again].map((mail) => ({
      text: variant(mail, random),
      label: mail.label,
    }));
    const sentences = Array.from({ length: SENTENCES }, () => this.#sentence(random));
    return shuffled([...ofMails, ...sentences], random).map(({ text, label }) => ({
      text: altered(text, random),
      label,
    }));
  }

  #sentence(random: RandomStream): LabelledText {
    const pools = pick(this.#pools, random);
    const label = Number(random.next() < SPAM_SENTENCES);
    const isHard = label === 0 && random.next() < HARD_HAM;
    const drawn = pick(pools[label]!, random);
    const other = isHard ? pick(pools[label]!, random) : drawn;
    const { text } = other.evidence > drawn.evidence ? other : drawn;
    if (random.next() >= LAST_SIGN) return { text, label };
    return { text: text.replace(/[.!?]+$/, '') + pick(['', '.', '!'], random), label };
  }
}

function variant(mail: Mail, random: RandomStream): string {
  const draw = random.next();
  if (draw < FULL_TEXT) return textOf(mail);
  return draw > 1 - LONG_TEXT ? `${mail.subject} ${mail.body.slice(0, LONG_CHARACTERS)}` : part(mail, random);
}

/** Some words from anywhere in a mail, from the beginning of a sentence on. */
function part(mail: Mail, random: RandomStream): string {
  const parts = [mail.subject, ...sentencesOf(mail.body)];
  const text = parts.slice(Math.floor(random.next() * parts.length)).join(' ');
  const [shortest, longest] = PART_CHARACTERS;
  return text.slice(0, shortest + Math.floor(random.next() * (longest - shortest + 1))) || textOf(mail);
}

function altered(text: string, random: RandomStream): string {
  const isShortened = random.next() < DROPPED_TEXT;
  const kept = isShortened
    ? text
        .split(/\s+/)
        .filter(() => random.next() >= DROPPED_WORD)
        .join(' ') || text
    : text;
  const draw = random.next();
  if (draw < LOWER_CASE) return kept.toLowerCase();
  if (draw < LOWER_CASE + SENTENCE_CASE) return kept.slice(0, 1).toUpperCase() + kept.slice(1).toLowerCase();
  return draw > 1 - UPPER_CASE ? kept.toUpperCase() : kept;
}

function pick<Item>(items: readonly Item[], random: RandomStream): Item {
  return items[Math.floor(random.next() * items.length)]!;
}
