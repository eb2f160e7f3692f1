import { plainBody, plainSubject } from '../../../examples/spam_data/plain_text';

test.each([
  ['prefixes of answers and lists', 'Re: [ILUG] Fwd: Kernel 2.4', 'Kernel 2.4'],
  ['a tracking number at the end', 'Lose weight now          [x7k2p]', 'Lose weight now'],
  ['names that stand for the recipient', 'zzzz, you have won', ', you have won'],
  ['nothing else', 'Meeting on Monday?', 'Meeting on Monday?'],
])('a subject loses %s', (_what, subject, expected) => {
  expect(plainSubject(subject)).toBe(expected);
});

test.each([
  ['quotes and who said them', 'Jim wrote:\n> What?\n| Why?\nI agree.', 'I agree.'],
  ['what follows a signature', 'See you.\r\n-- \r\nJim, Acme', 'See you.'],
  [
    'links, addresses and dates',
    'See http://a.b/c or a@b.ie by Mon, 2 Sep 2002 10:00:00 +0100, please',
    'See or by please',
  ],
  ['random strings', 'Buy x1y2z3 now 123456789', 'Buy now'],
  ['repeated signs', 'Free!!!! ----- Now', 'Free! - Now'],
  ['markup', '<html><style>p{}</style><p>You&nbsp;win &#36;5 &amp; more</p></html>', 'You win $5 & more'],
  ['fields of forwarded mails', 'From: a\nSubject: b\nLook at this', 'Look at this'],
  ['everything, where nothing else is in it', '> a\n> b', ''],
])('a body loses %s', (_what, body, expected) => {
  expect(plainBody(body)).toBe(expected);
});
