import { maskedCrc32c } from '../../src/tensor_bundle/masked_crc32c';

/** A block of a sorted table, right or wrong. */
export interface HandmadeBlock {
  readonly bytes: Uint8Array;
  /** The byte behind it: 0 by default, not compressed. */
  readonly compression?: number;
  /** By default the right one. */
  readonly checksum?: number;
  /** What the list of blocks says instead of the truth. */
  readonly handle?: readonly [offset: number | bigint, size: number | bigint];
}

/** A sorted table block by block; `footer` replaces its last 48 bytes. */
export function handmadeTable(blocks: readonly HandmadeBlock[], { footer }: { footer?: Uint8Array } = {}): Uint8Array {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const append = ({ bytes, compression = 0, checksum }: HandmadeBlock) => {
    const checked = Buffer.concat([bytes, Buffer.of(compression)]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(checksum ?? maskedCrc32c(checked));
    parts.push(checked, sum);
    const start = offset;
    offset += checked.length + 4;
    return [start, bytes.length] as const;
  };
  const places = blocks.map((block) => block.handle ?? append(block));
  const index = append({ bytes: block(places.map((place, i) => [0, `key${i}`, varints(...place)])) });
  return Buffer.concat([...parts, footer ?? footerOf(index)]);
}

/** The end of a table whose list of blocks lies there. */
export function footerOf(index: readonly [offset: number | bigint, size: number | bigint]): Uint8Array {
  const footer = Buffer.alloc(48);
  footer.set(varints(0, 0, ...index));
  footer.writeBigUInt64LE(0xdb4775248b80fb57n, 40);
  return footer;
}

/** The bytes of a block; an entry is what its key shares with the one before, the rest of the key, and its value. */
export function block(
  entries: ReadonlyArray<readonly [shared: number, rest: string, value: Uint8Array]>,
  restarts: readonly number[] = [0],
): Uint8Array {
  const parts = entries.flatMap(([shared, rest, value]) => [
    varints(shared, Buffer.byteLength(rest), value.length),
    Buffer.from(rest),
    value,
  ]);
  return Buffer.concat([...parts, new Uint8Array(Uint32Array.of(...restarts, restarts.length).buffer)]);
}

/** Numbers of seven bits a byte, lowest first. */
export function varints(...values: ReadonlyArray<number | bigint>): Uint8Array {
  const bytes: number[] = [];
  for (const value of values) {
    let rest = BigInt(value);
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
  }
  return Uint8Array.from(bytes);
}
