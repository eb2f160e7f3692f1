import { InputError } from '../../errors';
import type { Offsets } from '../../tokenization/encoding/encoding';
import type { Side } from '../../tokenization/encoding/truncate_sequences';
import { highest, softmax } from '../scores';
import type { QuestionFeature } from './question_feature_builder';

/** What {@link extractAnswers} looks at of a feature. */
export type AnswerableFeature = Pick<QuestionFeature, 'exampleId' | 'context' | 'offset_mapping'>;

/** Options of {@link extractAnswers}. */
export interface ExtractAnswersOptions {
  /** How many starts and ends are combined, and how many answers are kept of each example, 20 by default. */
  nBest?: number;
  /** Longest answer in tokens, 30 by default. */
  maxAnswerLength?: number;
  /** Whether a question may have no answer, as in SQuAD 2.0; false by default. */
  versionTwo?: boolean;
  /** With `versionTwo`: by how much the score of no answer must exceed that of the best answer, 0 by default. */
  nullThreshold?: number;
  /** Where padding stands in rows of logits that are longer than their features, `'right'` by default. */
  paddingSide?: Side;
}

/** A stretch of the context that may be the answer. */
export interface AnswerCandidate {
  /** Empty for no answer. */
  readonly text: string;
  /** Where it begins in the context, in UTF-16 code units. */
  readonly start: number;
  /** Sum of the logits of its first and last token. */
  readonly score: number;
  /** Softmax of the scores of the candidates. */
  readonly probability: number;
}

/** The answer to one question. */
export interface ExtractedAnswer {
  readonly exampleId: string;
  /** Empty where there is none. */
  readonly text: string;
  /** The candidates, the best first. */
  readonly nBest: readonly AnswerCandidate[];
  /** With `versionTwo`: score of no answer minus that of the best answer. */
  readonly nullScoreDifference?: number;
}

type Scored = Omit<AnswerCandidate, 'probability'>;

/**
 * Finds answers by the logits of their ends (`postprocess_qa_predictions` of Hugging Face's scripts): the stretch of the
 * context, in any window of it, with the highest sum of start and end logit.
 *
 * A question without answer points at `[CLS]`; of several windows the one that is least sure of it counts. Texts come
 * without the spaces around them, which pieces include and the scripts keep.
 *
 * @param features windows; those of one example need not stand together.
 * @param startLogits a row for each feature, as long as the feature or padded.
 * @param endLogits likewise.
 * @returns one answer for each example, in the order of their first windows.
 * @throws {InputError} when there are not as many rows as features, or a row is shorter than its feature.
 *
 * @example
 * const answers = extractAnswers(features, startLogits, endLogits, { versionTwo: true });
 * const predictions = new Map(answers.map(({ exampleId, text }) => [exampleId, text]));
 */
export function extractAnswers(
  features: readonly AnswerableFeature[],
  startLogits: readonly ArrayLike<number>[],
  endLogits: readonly ArrayLike<number>[],
  options: ExtractAnswersOptions = {},
): ExtractedAnswer[] {
  const found = new Map<string, { candidates: Scored[]; nullScore: number }>();
  for (const [index, feature] of features.entries()) {
    const starts = unpadded(startLogits[index], feature, options);
    const ends = unpadded(endLogits[index], feature, options);
    const example = found.get(feature.exampleId) ?? { candidates: [], nullScore: Number.POSITIVE_INFINITY };
    found.set(feature.exampleId, example);
    example.nullScore = Math.min(example.nullScore, starts[0]! + ends[0]!);
    example.candidates = bestOf([...example.candidates, ...candidatesOf(feature, starts, ends, options)], options);
  }
  return [...found].map(([exampleId, example]) => choose(exampleId, example, options));
}

/** A row of logits without those of padding. */
function unpadded(
  logits: ArrayLike<number> | undefined,
  { offset_mapping: { length } }: AnswerableFeature,
  { paddingSide = 'right' }: ExtractAnswersOptions,
): number[] {
  if (logits === undefined || logits.length < length) {
    throw new InputError(
      `Every feature must have a row of logits that is at least as long, received ${logits?.length ?? 'none'} for ${length} tokens; pass the outputs of the same features.`,
      { path: 'logits', expected: length, received: logits?.length },
    );
  }
  const values = Array.from(logits);
  return paddingSide === 'left' ? values.slice(values.length - length) : values.slice(0, length);
}

function candidatesOf(
  { context, offset_mapping: offsets }: AnswerableFeature,
  starts: readonly number[],
  ends: readonly number[],
  { nBest = 20, maxAnswerLength = 30 }: ExtractAnswersOptions,
): Scored[] {
  const bestEnds = highest(ends, nBest);
  return highest(starts, nBest).flatMap((first) =>
    bestEnds.flatMap((last) => {
      const isSpan = first <= last && last - first < maxAnswerLength;
      if (!isSpan || offsets[first] === null || offsets[last] === null) return [];
      const [from] = offsets[first] as Offsets;
      const text = context.slice(from, (offsets[last] as Offsets)[1]);
      if (text.trim() === '') return [];
      const start = from + text.length - text.trimStart().length;
      return [{ text: text.trim(), start, score: starts[first]! + ends[last]! }];
    }),
  );
}

function bestOf(candidates: readonly Scored[], { nBest = 20 }: ExtractAnswersOptions): Scored[] {
  return [...candidates].sort((a, b) => b.score - a.score).slice(0, nBest);
}

function choose(
  exampleId: string,
  { candidates, nullScore }: { readonly candidates: readonly Scored[]; readonly nullScore: number },
  options: ExtractAnswersOptions,
): ExtractedAnswer {
  const { versionTwo = false, nullThreshold = 0 } = options;
  const [best] = candidates;
  const none: Scored = { text: '', start: 0, score: nullScore };
  const kept = bestOf(versionTwo ? [...candidates, none] : candidates, options);
  // No answer is always among the candidates, however low its score is.
  if (versionTwo && !kept.includes(none)) kept.push(none);
  const probabilities = softmax(kept.map(({ score }) => score));
  const nBest = kept.map((candidate, index) => ({ ...candidate, probability: probabilities[index]! }));
  if (!versionTwo) return { exampleId, text: best?.text ?? '', nBest };
  const nullScoreDifference = nullScore - (best?.score ?? Number.NEGATIVE_INFINITY);
  const isAnswered = best !== undefined && nullScoreDifference <= nullThreshold;
  return { exampleId, text: isAnswered ? best.text : '', nBest, nullScoreDifference };
}
