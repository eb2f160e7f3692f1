import { InputError } from '../../errors';
import { isRecord } from './json_lines';
import { jsonValues } from './json_values';
import type { BadRow, Row } from './row';
import type { TextPieces } from './text_pieces';

/**
 * The questions of a file in SQuAD's format, version 1.1 or 2.0: `{ data: [{ paragraphs: [{ context, qas }] }] }`.
 *
 * Rows have `id`, `question`, `context` and `answers`, the last as a list, empty where the question is impossible.
 *
 * Source: https://rajpurkar.github.io/SQuAD-explorer
 */
export async function* readSquad(text: TextPieces): AsyncGenerator<Row | BadRow> {
  let number = 0;
  for await (const paragraph of jsonValues(text, '$.data.*.paragraphs.*')) {
    number++;
    if (isRecord(paragraph) && Array.isArray(paragraph.qas)) {
      for (const [index, question] of paragraph.qas.entries()) {
        yield toRow(question, paragraph.context, `Question ${index + 1} of paragraph ${number} of ${text.name}`);
      }
    } else yield refuse(`Paragraph ${number} of ${text.name}`, 'an object with a list qas', paragraph);
  }
}

function toRow(question: unknown, context: unknown, place: string): Row | BadRow {
  if (!isRecord(question)) return refuse(place, 'an object', question);
  const { is_impossible: isImpossible, answers, ...values } = question;
  return { values: { ...values, context, answers: isImpossible === true ? [] : answers }, place };
}

function refuse(place: string, expected: string, received: unknown): BadRow {
  return {
    problem: new InputError(`${place} must be ${expected} and is not; correct it or leave it out.`, {
      expected,
      received,
    }),
  };
}
