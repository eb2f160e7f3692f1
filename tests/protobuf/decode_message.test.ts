import { decodeMessage } from '../../src/protobuf/decode_message';
import { encodeMessage, type Schema } from '../../src/protobuf/encode_message';
import fc from '../harness/fast_check';

const POINT = { x: { id: 1, type: 'int' }, y: { id: 2, type: 'int' } } as const;
const EVERYTHING = {
  int: { id: 1, type: 'int' },
  bool: { id: 2, type: 'bool' },
  text: { id: 3, type: 'string' },
  bytes: { id: 4, type: 'bytes' },
  float: { id: 5, type: 'float' },
  fixed: { id: 6, type: 'fixed32' },
  point: { id: 7, type: POINT },
  points: { id: 8, rule: 'repeated', type: POINT },
  packed: { id: 9, rule: 'packed', type: 'int' },
  names: { id: 10, rule: 'repeated', type: 'string' },
  byName: { id: 11, rule: 'map', type: POINT },
  double: { id: 12, type: 'double' },
} as const;

const decode = <const S extends Schema>(schema: S, hex: string) =>
  decodeMessage(schema, Buffer.from(hex.replaceAll(' ', ''), 'hex'), 'The message');

describe('decodeMessage', () => {
  test('gives back what was encoded', () => {
    const integer = fc.maxSafeInteger();
    const point = fc.record({ x: integer, y: integer }, { requiredKeys: [] });
    const message = fc.record(
      {
        int: integer,
        bool: fc.boolean(),
        text: fc.string({ unit: 'grapheme' }),
        bytes: fc.uint8Array(),
        float: fc.float({ noNaN: true }),
        double: fc.double({ noNaN: true }),
        fixed: fc.nat({ max: 2 ** 32 - 1 }),
        point,
        points: fc.array(point, { minLength: 1 }),
        packed: fc.array(integer, { minLength: 1 }),
        names: fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }),
        byName: fc.dictionary(fc.string({ unit: 'grapheme' }), point, { minKeys: 1 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(message, (value) => {
        expect(decodeMessage(EVERYTHING, encodeMessage(EVERYTHING, value), 'It')).toEqual(value);
      }),
    );
  });

  const cases: Array<[what: string, schema: Schema, hex: string, expected: unknown]> = [
    ['nothing', POINT, '', {}],
    ['fields in any order', POINT, '10 02 08 01', { x: 1, y: 2 }],
    ['the last of a field that comes twice', POINT, '08 01 08 05', { x: 5 }],
    ['a message without unknown fields', POINT, '1a 01 ff 08 01 21 0102030405060708 2d 01020304', { x: 1 }],
    ['a negative number', POINT, '08 ff ff ff ff ff ff ff ff ff 01', { x: -1 }],
    [
      'a list whether packed or not',
      { a: { id: 6, type: 'int', rule: 'repeated' } },
      '32 02 03 04 30 05',
      { a: [3, 4, 5] },
    ],
    [
      'an entry of a map without its value',
      { a: { id: 5, type: 'int', rule: 'map' } },
      '2a 03 0a 01 6b',
      { a: { k: undefined } },
    ],
    [
      'a field named __proto__ of a map',
      { a: { id: 5, type: 'int', rule: 'map' } },
      '2a 0d 0a 09 5f5f70726f746f5f5f 10 01',
      { a: Object.fromEntries([['__proto__', 1]]) },
    ],
  ];
  test.each(cases)('reads %s', (_what, schema, hex, expected) => {
    expect(decode(schema, hex)).toEqual(expected);
  });
});

describe('damaged bytes', () => {
  const cases: Array<[what: string, schema: Schema, hex: string, reason: RegExp]> = [
    ['half a number', POINT, '08 80', /index out of range|is damaged/],
    ['a number that never ends', POINT, `08 ${'ff'.repeat(11)}`, /is damaged/],
    ['a number beyond 2^53', POINT, '08 ff ff ff ff ff ff ff 7f', /exceeds 2\^53/],
    ['a text longer than the message', { a: { id: 1, type: 'string' } }, '0a 05 61', /is damaged/],
    ['a message longer than the one around it', { p: { id: 1, type: POINT } }, '0a 7f 08 01', /a length of 127 leaves/],
    [
      'a message whose last field reaches over its end',
      { p: { id: 1, type: POINT } },
      '0a 01 08 01',
      /reaches over the end/,
    ],
    ['a list whose last number reaches over its end', EVERYTHING, '4a 01 80 01', /a list reaches over its end/],
    ['a length near 2^32', { a: { id: 1, type: 'bytes' } }, '0a ff ff ff ff 0f', /is damaged/],
    ['an unknown field that leaves the message', POINT, '1a 7f 00', /is damaged/],
    ['an unknown kind of field', POINT, '1f', /invalid wire type 7/],
    ['groups in groups', POINT, '1b'.repeat(100_000), /it holds a group/],
    ['a text where a number was expected', POINT, '0a 01 61', /wire type 2 where 0 was expected/],
    ['a number where a message was expected', { p: { id: 1, type: POINT } }, '08 01', /where a message was expected/],
  ];
  test.each(cases)('%s', (_what, schema, hex, reason) => {
    expect(() => decode(schema, hex)).toThrowDebertaError('checkpoint', reason);
    expect(() => decode(schema, hex)).toThrowDebertaError('checkpoint', /^The message must be a protobuf message/);
  });

  test('more messages than anything has', () => {
    const schema = { points: { id: 1, rule: 'repeated', type: POINT } } as const;
    const bytes = new Uint8Array(2 * (2 ** 22 + 1)).map((_, index) => (index % 2 === 0 ? 10 : 0));
    expect(() => decodeMessage(schema, bytes, 'It')).toThrowDebertaError('checkpoint', /more than 4194304 messages/);
  });

  test('of any kind are refused or read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decodeMessage(EVERYTHING, bytes, 'It');
        } catch (error) {
          expect(() => {
            throw error;
          }).toThrowDebertaError('checkpoint', /It must be a protobuf message/);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
