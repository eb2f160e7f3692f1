import type { Mail } from '../../../examples/spam_data/mails';
import { ratedSentences, unseenSentences } from '../../../examples/spam_data/sentences';
import { splitMails } from '../../../examples/spam_data/split_mails';
import { TrainingTexts } from '../../../examples/spam_data/training_texts';

/** Mails with a sentence of every length, and two words for each label. */
const MAILS: Mail[] = [0, 1].flatMap((label) =>
  [1, 7, 20, 45].map((length, number) => {
    const words = label === 1 ? 'cash prize' : 'linux kernel';
    return { id: `g/${number}`, subject: `${words} ${number}`, body: `${words} ${'in '.repeat(length)}now.`, label };
  }),
);

test('an epoch is drawn from its seed, with equal shares of sentences of both labels', () => {
  const texts = new TrainingTexts(MAILS);
  const drawn = texts.draw(7);
  expect(drawn).toHaveLength(texts.count);
  expect(texts.draw(7)).toEqual(drawn);
  expect(texts.draw(8)).not.toEqual(drawn);
  const spam = drawn.filter(({ label }) => label === 1).length / drawn.length;
  expect(spam).toBeGreaterThan(0.48);
  expect(spam).toBeLessThan(0.52);
});

test('words of other mails tell for which label a sentence speaks', () => {
  const evidence = ratedSentences(MAILS).map(({ label, evidence: odds }) => [label, Math.sign(odds)]);
  expect(new Set(evidence.map(String))).toEqual(new Set(['0,-1', '1,1']));
});

test('no thread and no beginning of a body is in both parts', () => {
  const long = 'A body that is long enough to be known again when it comes with another subject.';
  const mail = (id: string, subject: string, body = `${subject} body`): Mail => ({ id, subject, body, label: 0 });
  const { train, heldOut } = splitMails([
    mail('easy-ham-1/3', 'Held out thread', long),
    mail('easy-ham-1/1', 'Held OUT thread', 'Another answer.'),
    mail('easy-ham-1/2', 'Other subject', long),
    mail('spam-1/1', 'Kept in training'),
    mail('spam-1/2', 'Kept in training!'),
    mail('spam-1/4', 'Hi', ''),
  ]);
  expect(heldOut.map(({ id }) => id)).toEqual(['easy-ham-1/3', 'easy-ham-1/1']);
  expect(train.map(({ id }) => id)).toEqual(['spam-1/2']); // a copy counts once, a text of few letters not at all
});

test('sentences of held-out mails are unseen if no training mail has them', () => {
  const [first, second] = [MAILS[0]!, { ...MAILS[4]!, body: 'linux kernel in now. Win a lot of money here!' }];
  expect(unseenSentences([second], [first], [10, 80])).toEqual([
    { text: 'cash prize 0', label: 1 },
    { text: 'Win a lot of money here!', label: 1 },
  ]);
});
