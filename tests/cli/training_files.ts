import { writeFile } from 'node:fs/promises';

/** Rows of small data sets, one for each task. */
export const ROWS = {
  text: [
    { text: 'You have won a free prize', label: 'spam' },
    { text: 'Call me Ishmael', label: 'ham' },
    { text: 'Click here to claim your money', label: 'spam' },
    { text: 'Some years ago', label: 'ham' },
    { text: 'Free money', label: 'spam' },
    { text: 'Never mind how long', label: 'ham' },
  ],
  pairs: [
    { premise: 'It rains.', hypothesis: 'The street is wet.', label: 'entailment' },
    { premise: 'It rains.', hypothesis: 'The sun shines.', label: 'contradiction' },
    { premise: 'He went.', hypothesis: 'He is not here.', label: 'entailment' },
    { premise: 'He went.', hypothesis: 'She came.', label: 'neutral' },
  ],
  ratings: [
    { text: 'very good', label: 5 },
    { text: 'good', label: 4.5 },
    { text: 'bad', label: 2 },
    { text: 'very bad', label: 1 },
  ],
  topics: [
    { text: 'whale and ship', labels: ['whale', 'ship'] },
    { text: 'whale', labels: ['whale'] },
    { text: 'ship', labels: ['ship'] },
    { text: 'nothing', labels: [] },
  ],
  tags: [
    { tokens: ['Call', 'me', 'Ishmael'], tags: ['O', 'O', 'B-PER'] },
    { tokens: ['Herman', 'Melville', 'wrote'], tags: ['B-PER', 'I-PER', 'O'] },
    { tokens: ['Nobody', 'knows'], tags: ['O', 'O'] },
    { tokens: ['Ask', 'Melville'], tags: ['O', 'B-PER'] },
  ],
  questions: ['Who wrote it?', 'Where?', 'Who read it?'].map((question, index) => {
    const context = 'Moby Dick was written by Herman Melville in New York, and nobody read it then.';
    const answer = ['Herman Melville', 'New York', 'nobody'][index]!;
    return { id: `q${index}`, question, context, answers: { text: [answer], answer_start: [context.indexOf(answer)] } };
  }),
  lines: ['Call me Ishmael.', 'Some years ago, never mind how long precisely', 'having little or no money'].map(
    (text) => ({ text: text.repeat(4) }),
  ),
  choices: [
    { sent1: 'It rains.', sent2: 'The street is', ending0: 'wet.', ending1: 'dry.', label: 0 },
    { sent1: 'The sun shines.', sent2: 'The street is', ending0: 'wet.', ending1: 'dry.', label: 1 },
    { sent1: 'It snows.', sent2: 'The street is', ending0: 'white.', ending1: 'dry.', label: 0 },
  ],
} as const;

/** Writes rows as JSON lines. */
export async function writeRows(path: string, rows: readonly object[]): Promise<string> {
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return path;
}
