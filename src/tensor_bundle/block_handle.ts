/** Where a block of a sorted table is in its file. */
export interface BlockHandle {
  readonly offset: number;
  /** Without the byte that says how it is compressed and the checksum. */
  readonly size: number;
}

/** Two handles at their longest, and the magic number. */
export const FOOTER_BYTES = 48;
/** Behind each block: how it is compressed, and its checksum. */
export const TRAILER_BYTES = 5;
/** The last eight bytes of a table, little-endian. */
export const MAGIC = 0xdb4775248b80fb57n;
/** Values of the byte behind a block. */
export const COMPRESSION = { none: 0, snappy: 1 } as const;
