/** Numbers from 0 up to and without `below`. */
export type Draw = (below: number) => number;

/** A stream of numbers that is the same for the same seed (Mulberry32). */
export function seededDraw(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Most changes of one input, and most bytes that one of them moves. */
const MOST_CHANGES = 4;
const LONGEST_RUN = 64;
const INTEGER_BYTES = [1, 2, 4, 8];

type Change = (bytes: Buffer, draw: Draw) => Buffer;

/** Each does one thing to a place drawn at random. */
const CHANGES: Readonly<Record<string, Change>> = {
  flip(bytes, draw) {
    bytes[draw(bytes.length)]! ^= 1 << draw(8);
    return bytes;
  },
  set(bytes, draw) {
    bytes[draw(bytes.length)] = draw(256);
    return bytes;
  },
  insert(bytes, draw) {
    const at = draw(bytes.length);
    const added = Buffer.from(Array.from({ length: 1 + draw(LONGEST_RUN) }, () => draw(256)));
    return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at)]);
  },
  remove(bytes, draw) {
    const at = draw(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + draw(LONGEST_RUN))]);
  },
  truncate(bytes, draw) {
    return bytes.subarray(0, draw(bytes.length));
  },
  overwrite(bytes, draw) {
    const from = draw(bytes.length);
    bytes.copy(bytes, draw(bytes.length), from, from + 1 + draw(LONGEST_RUN));
    return bytes;
  },
  repeat(bytes, draw) {
    const from = draw(bytes.length);
    const run = bytes.subarray(from, from + 1 + draw(LONGEST_RUN));
    const at = draw(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), run, bytes.subarray(at)]);
  },
  integer(bytes, draw) {
    const width = INTEGER_BYTES[draw(INTEGER_BYTES.length)]!;
    if (bytes.length < width) return bytes;
    const most = 2n ** BigInt(8 * width);
    const size = BigInt(bytes.length);
    const values = [0n, 1n, most - 1n, most / 2n, most / 2n - 1n, size, size - 1n, size + 1n, 2n ** 53n];
    const value = values[draw(values.length)]! % most;
    const at = draw(bytes.length - width + 1);
    for (let index = 0; index < width; index++) bytes[at + index] = Number((value >> BigInt(8 * index)) & 255n);
    return bytes;
  },
};

/**
 * A damaged copy of a file: some bits, bytes, runs or integers are not what they were.
 *
 * @param original is left as it is.
 */
export function mutate(original: Uint8Array, draw: Draw): Uint8Array {
  const changes = Object.values(CHANGES);
  let bytes = Buffer.from(original);
  for (let count = 1 + draw(MOST_CHANGES); count > 0 && bytes.length > 0; count--) {
    bytes = Buffer.from(changes[draw(changes.length)]!(bytes, draw));
  }
  return bytes;
}
