import { crc32c, maskedCrc32c } from '../../src/tensor_bundle/masked_crc32c';

/** Undoes the mask, as readers do. */
function unmask(masked: number): number {
  const turned = (masked - 0xa282ead8) >>> 0;
  return ((turned >>> 17) | (turned << 15)) >>> 0;
}

describe('maskedCrc32c', () => {
  test.each<[what: string, bytes: Uint8Array, crc32c: number]>([
    ['nothing', new Uint8Array(), 0],
    ['the digits', new TextEncoder().encode('123456789'), 0xe3069283],
    ['32 zeros (RFC 3720, B.4)', new Uint8Array(32), 0x8a9136aa],
    ['32 times 255 (RFC 3720, B.4)', new Uint8Array(32).fill(255), 0x62a8ab43],
    ['0 to 31 (RFC 3720, B.4)', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['31 to 0 (RFC 3720, B.4)', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ])('of %s', (_what, bytes, crc32c) => {
    expect(unmask(maskedCrc32c(bytes))).toBe(crc32c);
  });

  test('reads the bytes of any typed array, and no others of its buffer', () => {
    const floats = Float32Array.of(1, 2, 3);
    expect(maskedCrc32c(floats.subarray(1, 2))).toBe(maskedCrc32c(Uint8Array.of(0, 0, 0, 0x40)));
  });
});

test('crc32c goes on where it stopped', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => 7 * i);
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(crc32c(bytes));
  }
});
