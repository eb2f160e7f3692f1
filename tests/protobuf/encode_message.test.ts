import { encodeMessage, type Message, type Schema } from '../../src/protobuf/encode_message';

const POINT = { x: { id: 1, type: 'int' }, y: { id: 2, type: 'int' } } as const;

/** A message and the bytes it must be. */
function entry<const S extends Schema>(what: string, schema: S, message: Message<S>, bytes: string) {
  return [what, () => encodeMessage(schema, message), bytes] as const;
}

/** Bytes by the description of the wire format at protobuf.dev/programming-guides/encoding. */
const cases = [
  entry('an integer', { a: { id: 1, type: 'int' } }, { a: 150 }, '08 96 01'),
  entry('zero, since it was given', { a: { id: 1, type: 'int' } }, { a: 0 }, '08 00'),
  entry(
    'a negative integer in ten bytes',
    { a: { id: 1, type: 'int' } },
    { a: -1 },
    '08 ff ff ff ff ff ff ff ff ff 01',
  ),
  entry('an integer of more than 32 bits', { a: { id: 1, type: 'int' } }, { a: 2 ** 40 + 1 }, '08 81 80 80 80 80 20'),
  entry('a truth value', { a: { id: 2, type: 'bool' } }, { a: true }, '10 01'),
  entry('four bytes', { a: { id: 6, type: 'fixed32' } }, { a: 0xdeadbeef }, '35 ef be ad de'),
  entry('a float', { a: { id: 4, type: 'float' } }, { a: 1.5 }, '25 00 00 c0 3f'),
  entry('a double', { a: { id: 4, type: 'double' } }, { a: 1.5 }, '21 00 00 00 00 00 00 f8 3f'),
  entry('text', { a: { id: 2, type: 'string' } }, { a: 'grüß' }, '12 06 67 72 c3 bc c3 9f'),
  entry('bytes', { a: { id: 2, type: 'bytes' } }, { a: Uint8Array.of(0, 255) }, '12 02 00 ff'),
  entry('a number of a field above 15', { a: { id: 20, type: 'int' } }, { a: 1 }, 'a0 01 01'),
  entry('a message', { a: { id: 3, type: POINT } }, { a: { x: 1, y: 2 } }, '1a 04 08 01 10 02'),
  entry('an empty message', { a: { id: 3, type: POINT } }, { a: {} }, '1a 00'),
  entry('a list', { a: { id: 1, type: 'string', rule: 'repeated' } }, { a: ['p', 'q'] }, '0a 01 70 0a 01 71'),
  entry('a packed list', { a: { id: 6, type: 'int', rule: 'packed' } }, { a: [3, 270] }, '32 03 03 8e 02'),
  entry('an empty packed list', { a: { id: 6, type: 'int', rule: 'packed' } }, { a: [] }, '32 00'),
  entry(
    'messages by name',
    { a: { id: 5, type: POINT, rule: 'map' } },
    { a: { k: { x: 1 } } },
    '2a 07 0a 01 6b 12 02 08 01',
  ),
  entry('nothing for what is absent', POINT, { y: 7 }, '10 07'),
  entry('fields in the order of the schema', POINT, { y: 2, x: 1 }, '08 01 10 02'),
];

describe('encodeMessage', () => {
  test.each(cases)('writes %s', (_what, encode, bytes) => {
    expect(Buffer.from(encode()).toString('hex')).toBe(bytes.replaceAll(' ', ''));
  });

  test('refuses what no reader of protobuf takes, before it takes the memory', () => {
    const schema = { value: { id: 1, type: 'bytes' } } as const;
    expect(() => encodeMessage(schema, { value: new Uint8Array(2 ** 31) })).toThrowDebertaError(
      'output',
      /must not exceed 2147483647 bytes, received at least 21474836\d\d; .* variables instead of constants/,
    );
  });
});
