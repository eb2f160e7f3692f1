import type { QuestionExample } from '../src/index';

/** Numbers of two digits and more, and names of several words: `$1,200 million`, `1863`, `Secretary of the Treasury`. */
const ANSWER =
  /\$?\b\d[\d,.]*\d\b(?: (?:percent|million|billion))?|\b[A-Z][a-z]+(?: (?:(?:of|and) (?:the )?)?[A-Z][a-z]+)+\b/g;

/** How each kind of answer is asked for; the first that fits counts. */
const KINDS: readonly (readonly [kind: string, answers: RegExp])[] = [
  ['what year', /^(?:1[789]|20)\d\d$/],
  ['what percentage', /percent$/],
  ['how much money', /^\$/],
  ['how many', /^\d/],
  ['what name', /^/],
];

/** Where a sentence ends: not behind `St.` or `U.S.` */
const SENTENCE_END = /(?<=[.!?])(?<!\b[A-Z][a-z]{0,2}\.) +/;

/** Options of {@link clozeQuestions}. */
export interface ClozeOptions {
  /** Longest passage in characters. */
  readonly passageCharacters: number;
  /** Most characters of its sentence that a question has on either side of the answer. */
  readonly questionCharacters: number;
}

/** A question made by machine. */
export interface ClozeQuestion extends QuestionExample {
  /** What it asks for, such as `what year`. */
  readonly kind: string;
}

/**
 * Makes questions of texts that have none, after Lewis et al., "Unsupervised Question Answering by Cloze Translation"
 * (ACL 2019): a passage is a few sentences, a question one of them with what is asked for in place of a name or number,
 * and that is the answer.
 *
 * A passage has at least two names or numbers, so that the question must be read, and each of them but once.
 *
 * @example
 * clozeQuestions(['Income fell in 1931. It rose by 20 percent.'], { passageCharacters: 300, questionCharacters: 30 });
 * // questions 'Income fell in what year' and 'It rose by what percentage', answers '1931' and '20 percent'
 */
export function clozeQuestions(texts: readonly string[], options: ClozeOptions): ClozeQuestion[] {
  return texts.flatMap((text, number) =>
    passagesOf(text, options.passageCharacters).flatMap((context, passage) => {
      const answers = [...context.matchAll(ANSWER)].filter(([answer]) => context.split(answer).length === 2);
      if (answers.length < 2) return [];
      return answers.map(({ 0: answer, index }) => {
        const [kind] = KINDS.find(([, kindOfAnswer]) => kindOfAnswer.test(answer))!;
        const { left, right } = aroundAnswer(context, index, answer, options.questionCharacters);
        return {
          id: `${number}-${passage}-${index}`,
          question: `${left}${kind}${right}`,
          context,
          kind,
          answers: { text: [answer], answer_start: [index] },
        };
      });
    }),
  );
}

/** Sentences in a row, as many as there is room for and at least two; a passage begins at each sentence. */
function passagesOf(text: string, longest: number): string[] {
  const sentences = text.split(/\s+/).join(' ').trim().split(SENTENCE_END);
  return [...sentences.keys()].flatMap((first) => {
    let passage = sentences[first]!;
    let next = first + 1;
    while (next < sentences.length && passage.length + 1 + sentences[next]!.length <= longest) {
      passage += ` ${sentences[next++]}`;
    }
    return next - first < 2 ? [] : [passage];
  });
}

/** The sentence around an answer: no more of it than asked for, in whole words. */
function aroundAnswer(
  context: string,
  start: number,
  answer: string,
  most: number,
): { readonly left: string; readonly right: string } {
  const left = context.slice(0, start).split(SENTENCE_END).at(-1)!;
  const right = context
    .slice(start + answer.length)
    .split(SENTENCE_END)[0]!
    .replace(/[.!?]$/, '');
  return {
    left: left.length > most ? left.slice(-most).replace(/^\S*\s/, '') : left,
    right: right.length > most ? right.slice(0, most).replace(/\s\S*$/, '') : right,
  };
}
