import type { QuestionExample } from '../../../src/data/examples/question_example';
import { toQuestionExample } from '../../../src/data/examples/question_example';
import { readCollatorFixture } from '../collators/collator_fixtures';

/** A window of a context as the reference makes it; places count UTF-16 code units. */
export interface RecordedWindow {
  readonly id: string;
  readonly input_ids: number[];
  readonly offsets: readonly ([number, number] | null)[];
  readonly start: number;
  readonly end: number;
  readonly start_logits: readonly number[];
  readonly end_logits: readonly number[];
}

/** What the reference finds by the logits of the windows. */
export interface RecordedAnswers {
  readonly n_best: number;
  readonly max_answer_length: number;
  readonly version_two: boolean;
  readonly null_threshold: number;
  readonly results: Record<string, { text: string; n_best: string[]; probabilities: number[] }>;
}

interface QuestionsFixture {
  readonly max_length: number;
  readonly stride: number;
  readonly examples: readonly Record<string, unknown>[];
  readonly windows: readonly RecordedWindow[];
  readonly answers: readonly RecordedAnswers[];
}

const fixture = readCollatorFixture<QuestionsFixture>('questions');

/** Windows and answers of the reference, and the examples, read from rows with places in characters. */
export const questions: Omit<QuestionsFixture, 'examples'> & { readonly examples: readonly QuestionExample[] } = {
  ...fixture,
  examples: fixture.examples.map((values, row) => toQuestionExample({ values, place: `Row ${row}` })),
};
