import { clozeQuestions } from '../../examples/cloze_questions';

const OPTIONS = { passageCharacters: 80, questionCharacters: 30 };

/** Questions and answers that are made of a text. */
const questionsOf = (text: string, options = OPTIONS) =>
  clozeQuestions([text], options).map(({ question, answers }) => [question, answers.text[0]]);

describe('clozeQuestions', () => {
  test.each([
    [
      'each kind of answer',
      'Income fell in 1931. It rose by 20 percent, or $3 million, for 12 firms of New York.',
      [
        ['Income fell in what year', '1931'],
        ['It rose by what percentage, or $3 million, for 12 firms', '20 percent'],
        ['percent, or $3 million, for how many firms of New York', '12'],
        ['$3 million, for 12 firms of what name', 'New York'],
      ],
    ],
    [
      'abbreviations end no sentence',
      'We met Mr. Ting in 1901. He was well in 1902.',
      [
        ['We met Mr. Ting in what year', '1901'],
        ['He was well in what year', '1902'],
      ],
    ],
    ['a passage with one answer has no question', 'Income fell in 1931. It rose later.', []],
    ['what stands there twice is no answer', 'Income fell in 1931. It rose in 1936, unlike 1931.', []],
    ['one sentence is no passage', 'Income fell in 1931 and rose in 1936.', []],
  ])('%s', (_name, text, expected) => {
    expect(questionsOf(text, { ...OPTIONS, passageCharacters: 120 })).toEqual(expected);
  });

  test('passages are no longer than asked for, and answers stand in them', () => {
    const text = 'Income fell in 1931. It rose in 1936. It fell in 1938. It rose in 1940. It fell in 1945.';
    const questions = clozeQuestions([text], { ...OPTIONS, passageCharacters: 40 });
    expect(questions).toHaveLength(8);
    for (const { context, answers } of questions) {
      expect(context.length).toBeLessThanOrEqual(40);
      expect(context.startsWith(answers.text[0]!, answers.answer_start[0])).toBe(true);
    }
  });
});
