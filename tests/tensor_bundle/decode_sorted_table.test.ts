import { decodeSortedTable } from '../../src/tensor_bundle/decode_sorted_table';
import { encodeSortedTable } from '../../src/tensor_bundle/encode_sorted_table';
import fc from '../harness/fast_check';
import { block, footerOf, type HandmadeBlock, handmadeTable, varints } from './handmade_table';
import { memorySource } from './memory_source';

const utf8 = (text: string) => new TextEncoder().encode(text);
const decode = async (bytes: Uint8Array) => decodeSortedTable(await memorySource({ t: bytes }).open('t'));

/** A table's entries as texts. */
const texts = async (bytes: Uint8Array) =>
  [...(await decode(bytes))].map(([key, value]) => [key, new TextDecoder().decode(value)]);

const none = new Uint8Array();
const one = { bytes: block([[0, 'a', utf8('1')]]) };

describe('decodeSortedTable', () => {
  test('gives back what was encoded, in order, over many blocks', async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `deberta/encoder/layer_._${i}/attention/self/kernel`);
    const table = encodeSortedTable(new Map(['', ...names].map((name) => [name, utf8(`value of ${name}`)])));
    expect(await texts(table)).toEqual(['', ...[...names].sort()].map((name) => [name, `value of ${name}`]));
  });

  test('any keys and values', async () => {
    const entries = fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 600 })), {
      selector: ([key]) => key,
    });
    await fc.assert(
      fc.asyncProperty(entries, async (pairs) => {
        const decoded = await decode(encodeSortedTable(new Map(pairs)));
        expect(decoded.size).toBe(pairs.length);
        for (const [key, value] of pairs) expect(decoded.get(key)).toEqual(value);
      }),
      { numRuns: 50 },
    );
  });

  test('a table without entries', async () => {
    expect(await texts(encodeSortedTable(new Map()))).toEqual([]);
  });

  test('keys without what they share with the one before, and a block compressed by Snappy', async () => {
    const { snappyCompress } = await import('hysnappy');
    const second = block([
      [0, 'kernel', utf8('1'.repeat(5000))],
      [6, '_1', utf8('2')],
      [6, '_2', utf8('3')],
    ]);
    const compressed = snappyCompress(second);
    expect(compressed.length).toBeLessThan(second.length / 5);
    expect(await texts(handmadeTable([one, { bytes: compressed, compression: 1 }]))).toEqual([
      ['a', '1'],
      ['kernel', '1'.repeat(5000)],
      ['kernel_1', '2'],
      ['kernel_2', '3'],
    ]);
  });
});

describe('a damaged table', () => {
  const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
  const snappy = (bytes: number[]): HandmadeBlock => ({ bytes: Uint8Array.from(bytes), compression: 1 });
  const many: HandmadeBlock = {
    bytes: block(
      Array.from({ length: 100_000 }, (_, i) => [i === 0 ? 0 : 1000, i === 0 ? 'k'.repeat(1000) : '', none]),
    ),
  };
  const cases: Array<[what: string, bytes: Uint8Array, message: RegExp]> = [
    ['nothing', none, /must be 48 to \d+ bytes long, received 0/],
    ['less than a footer', new Uint8Array(47), /must be 48 to \d+ bytes long, received 47/],
    ['no magic number', new Uint8Array(48), /does not end as a table does/],
    ['a flipped bit in a block', flipped(handmadeTable([one]), 1), /checksum of its block at byte 0 is wrong/],
    ['a wrong checksum', handmadeTable([{ ...one, checksum: 1 }]), /checksum of its block at byte 0 is wrong/],
    [
      'a list of blocks outside the file',
      handmadeTable([one], { footer: footerOf([0, 1_000_000]) }),
      /block at byte 0 of 1000000 bytes does not fit/,
    ],
    [
      'a list of blocks at a place beyond 2^53',
      handmadeTable([one], { footer: footerOf([2n ** 63n, 10]) }),
      /does not fit into/,
    ],
    ['a block outside the file', handmadeTable([{ ...one, handle: [5, 1000] }]), /block at byte 5 of 1000 bytes/],
    [
      'a block whose end exceeds 2^64',
      handmadeTable([{ ...one, handle: [2n ** 64n - 1n, 2n ** 64n - 1n] }]),
      /does not fit into/,
    ],
    ['a block twice', handmadeTable([one, { ...one, handle: [0, one.bytes.length] }]), /overlaps the one before it/],
    ['no place of a block', handmadeTable([{ ...one, handle: [] as never }]), /a number in it is cut short/],
    ['a block too short for restarts', handmadeTable([{ bytes: Uint8Array.of(1) }]), /1 bytes where at least 4/],
    [
      'more restarts than bytes',
      handmadeTable([{ bytes: Uint8Array.of(255, 255, 255, 255) }]),
      /block of 4 bytes cannot have 4294967295 restarts/,
    ],
    ['restarts over all entries', handmadeTable([{ bytes: block([[0, 'a', none]], [0, 0]) }, one]), /out of order/],
    ['a key that shares with nothing', handmadeTable([{ bytes: block([[1, 'a', none]]) }]), /shares more with/],
    [
      'a key longer than any name',
      handmadeTable([{ bytes: block([[0, 'k'.repeat(1025), none]]) }]),
      /a key of 1025 bytes/,
    ],
    [
      'a key longer than the block',
      handmadeTable([{ bytes: Buffer.concat([varints(0, 1000, 0), block([])]) }]),
      /an entry leaves its block/,
    ],
    [
      'lengths whose sum exceeds 2^32',
      handmadeTable([{ bytes: Buffer.concat([varints(0, 2 ** 32 - 1, 2 ** 32 - 1), block([])]) }]),
      /an entry leaves its block/,
    ],
    ['half an entry', handmadeTable([{ bytes: Buffer.concat([varints(0, 3), block([])]) }]), /a number in it is cut/],
    [
      'keys that fall',
      handmadeTable([
        {
          bytes: block([
            [0, 'b', none],
            [0, 'a', none],
          ]),
        },
      ]),
      /keys are out of order/,
    ],
    ['keys that fall between blocks', handmadeTable([one, one]), /keys are out of order/],
    ['keys that would fill the memory', handmadeTable([many]), /takes more than \d+ bytes of memory/],
    ['an unknown compression', handmadeTable([{ ...one, compression: 7 }]), /unknown compression \(7\)/],
    [
      'Snappy that promises too much',
      handmadeTable([snappy([...varints(2 ** 32 - 1), 0, 65])]),
      /at most \d+ bytes compressed by Snappy, received 4294967295 bytes/,
    ],
    ['Snappy without a size', handmadeTable([snappy([255, 255])]), /received no size/],
    ['Snappy whose size never ends', handmadeTable([snappy(Array(10).fill(255))]), /received no size/],
    ['no Snappy at all', handmadeTable([snappy([])]), /received no size/],
    ['Snappy that ends early', handmadeTable([snappy([40, 0, 65])]), /compressed by Snappy and is damaged/],
    ['Snappy longer than it says', handmadeTable([snappy([1, 4, 65, 66])]), /compressed by Snappy and is damaged/],
    ['Snappy with a copy from before it', handmadeTable([snappy([8, 0, 65, 0x1e, 9, 0])]), /and is damaged/],
    [
      'Snappy with a text longer than the block',
      handmadeTable([snappy([40, 0xfc, 255, 255, 255, 255, 65])]),
      /compressed by Snappy and is damaged/,
    ],
  ];
  test.each(cases)('%s', async (_what, bytes, message) => {
    await expect(() => decode(bytes)).toThrowDebertaError('checkpoint', message);
  });

  test('cut short anywhere', async () => {
    const whole = encodeSortedTable(new Map(Array.from({ length: 200 }, (_, i) => [`key ${i}`, utf8(`value ${i}`)])));
    for (let length = 0; length < whole.length; length += 97) {
      await expect(() => decode(whole.subarray(0, length))).toThrowDebertaError('checkpoint', /memory\/t/);
    }
  });

  test('with any byte changed', async () => {
    const whole = encodeSortedTable(new Map(Array.from({ length: 40 }, (_, i) => [`key ${i}`, utf8(`value ${i}`)])));
    const expected = await decode(whole);
    for (let at = 0; at < whole.length; at++) {
      const result = await decode(flipped(whole, at)).catch((error: unknown) => error);
      if (result instanceof Map) expect(result).toEqual(expected);
      else
        expect(() => {
          throw result;
        }).toThrowDebertaError('checkpoint', /memory\/t/);
    }
  });
});
