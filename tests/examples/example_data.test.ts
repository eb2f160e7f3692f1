import { readSentimentSentences } from '../../examples/sentiment_sentences';
import { readWordnetCloze } from '../../examples/wordnet_cloze';

test('sentences of reviews, each once, with either label', () => {
  const sentences = readSentimentSentences();
  expect(sentences).toHaveLength(2983);
  expect(new Set(sentences.map(({ label }) => label))).toEqual(new Set([0, 1]));
});

test.each([true, false])(
  'questions from WordNet have one gap and four words (of the same topic: %s)',
  (isSameTopic) => {
    const questions = readWordnetCloze(isSameTopic, 1);
    expect(questions.length).toBeGreaterThan(30_000);
    const labels = [0, 0, 0, 0];
    for (const { context, question, choices, label } of questions) {
      labels[label!]!++;
      if (context === '' || !question.includes('____') || new Set(choices).size !== 4) {
        throw new Error(`Not a question: ${context}, ${question}, ${choices}.`);
      }
    }
    // The right word is at any place.
    for (const count of labels) expect(count / questions.length).toBeCloseTo(0.25, 1);
  },
);
