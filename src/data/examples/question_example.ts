import { InputError } from '../../errors';
import type { Row } from '../readers/row';
import { findColumn, refuseValue, requireColumn, requireText, shown } from './row_fields';

/** A question about a context in which the answer stands. */
export interface QuestionExample {
  readonly id: string;
  readonly question: string;
  readonly context: string;
  /** All that count as right; none where the context does not answer the question. */
  readonly answers: {
    readonly text: readonly string[];
    /** Where each begins in the context, in UTF-16 code units, as the positions of tokens are. */
    readonly answer_start: readonly number[];
  };
}

/** Where {@link toQuestionExample} finds what it needs; by default under the field's own name. */
export interface QuestionColumns {
  /** May be missing: the row's place is the id then. */
  readonly id?: string;
  readonly question?: string;
  readonly context?: string;
  /** `{ text: […], answer_start: […] }`, or a list of `{ text, answer_start }`. */
  readonly answers?: string;
}

/**
 * A row as an example of extractive question answering.
 *
 * Python counts `answer_start` in characters, which JavaScript may count as two each; either is understood, by what
 * stands there.
 *
 * @throws {InputError} with the row's place when a column is missing or holds something else, or an answer does not
 *   stand in the context where it should.
 */
export function toQuestionExample(row: Row, columns: QuestionColumns = {}): QuestionExample {
  const idColumn = findColumn(row, columns.id, ['id']);
  const context = requireText(row, requireColumn(row, columns.context, ['context']));
  const column = requireColumn(row, columns.answers, ['answers']);
  const answers = answersOf(row, column);
  return {
    id: idColumn === undefined ? row.place : String(row.values[idColumn]),
    question: requireText(row, requireColumn(row, columns.question, ['question'])),
    context,
    answers: {
      text: answers.map(({ text }) => text),
      answer_start: answers.map(({ text, start }) => findAnswer(row, context, text, start)),
    },
  };
}

interface Answer {
  readonly text: string;
  readonly start: number;
}

function answersOf(row: Row, column: string): readonly Answer[] {
  const value = row.values[column];
  if (Array.isArray(value)) {
    return value.map((answer: unknown) => {
      const { text, answer_start } = Object(answer) as Record<string, unknown>;
      return checked(row, column, text, answer_start);
    });
  }
  const { text, answer_start } = Object(value) as Record<string, unknown>;
  if (!Array.isArray(text) || !Array.isArray(answer_start) || text.length !== answer_start.length) {
    return refuseValue(row, column, '{"text": […], "answer_start": […]} of equal lengths', value);
  }
  return text.map((item: unknown, index) => checked(row, column, item, answer_start[index]));
}

function checked(row: Row, column: string, text: unknown, start: unknown): Answer {
  const isAnswer = typeof text === 'string' && text !== '' && Number.isInteger(start) && (start as number) >= 0;
  if (isAnswer) return { text, start: start as number };
  return refuseValue(row, column, 'answers with a text and a place of at least 0', { text, answer_start: start });
}

/** @returns where the answer begins, in UTF-16 code units. */
function findAnswer(row: Row, context: string, text: string, start: number): number {
  const byCharacter = /[\ud800-\udbff]/.test(context) ? [...context].slice(0, start).join('').length : start;
  const place = [byCharacter, start].find((position) => context.startsWith(text, position));
  if (place !== undefined) return place;
  throw new InputError(
    `${row.place} must have an answer that stands in its context: at ${start} there is ${shown(context.slice(start, start + text.length))} and not ${shown(text)}; correct that row or leave it out.`,
    { path: 'answers', expected: text, received: context.slice(start, start + text.length) },
  );
}
