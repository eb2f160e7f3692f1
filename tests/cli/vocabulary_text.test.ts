import { vocabularyText } from '../../src/cli/vocabulary_text';

// One row per case: a score as float32, and what `printf("%g")` of C prints for it.
const scores: Array<[number, string]> = [
  [0, '0'],
  [-0, '-0'],
  [-1, '-1'],
  [-10, '-10'],
  [-3.1675429344177246, '-3.16754'],
  [-9.999999999, '-10'],
  [-11.500000953674316, '-11.5'],
  // Halfway between two numbers of six digits: the even one.
  [-10.03125, '-10.0312'],
  [-10.09375, '-10.0938'],
  [-123456, '-123456'],
  [-1234567, '-1.23457e+06'],
  [1e20, '1e+20'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [-0.0000123456, '-1.23456e-05'],
];

test.each(scores)('the score %d is written as C does: %s', (score, expected) => {
  expect(vocabularyText({ pieces: ['▁a'], scores: Float32Array.of(score) })).toBe(`▁a\t${expected}\n`);
});

test('pieces come in the order of their ids', () => {
  const model = { pieces: ['<unk>', '▁', 'a'], scores: Float32Array.of(0, -1.5, -2) };
  expect(vocabularyText(model)).toBe('<unk>\t0\n▁\t-1.5\na\t-2\n');
});
