import { CheckpointError, DebertaError } from '../src/errors';

describe('DebertaError', () => {
  test.each([
    ['a line end', 'Tensor a\nb is bad.', 'Tensor a b is bad.'],
    ['a code that a terminal obeys', 'Tensor \u001b[2Ja is bad.', 'Tensor  [2Ja is bad.'],
    ['several at once', 'Tensor a\r\n\u0000b is bad.', 'Tensor a b is bad.'],
    ['none of these', 'Tensor ä, 字 is bad.', 'Tensor ä, 字 is bad.'],
  ])('is one line that a terminal can print, whatever a name holds: %s', (_name, message, expected) => {
    expect(new CheckpointError(message).message).toBe(expected);
  });

  test('carries its code, its class and its details', () => {
    const cause = new Error('why');
    const error = new CheckpointError('A sentence.', { path: 'p', expected: 1, received: 2, cause });
    expect(error).toBeInstanceOf(DebertaError);
    expect(error).toMatchObject({
      name: 'CheckpointError',
      code: 'checkpoint',
      path: 'p',
      expected: 1,
      received: 2,
      cause,
    });
  });
});
