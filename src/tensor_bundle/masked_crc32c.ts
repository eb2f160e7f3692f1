import CRC32C from 'crc-32/crc32c.js';

/**
 * CRC-32C of bytes, or of what stood before them and them.
 *
 * @param before the checksum of what stood before; 0, that of nothing, by default.
 */
export function crc32c({ buffer, byteOffset, byteLength }: ArrayBufferView, before = 0): number {
  return CRC32C.buf(new Uint8Array(buffer, byteOffset, byteLength), before) >>> 0;
}

/**
 * The checksum as TensorFlow's files hold it: turned and shifted, so that the checksum of data that holds checksums
 * stays a good one.
 *
 * @see https://github.com/tensorflow/tensorflow/blob/v2.21.0/third_party/xla/xla/tsl/lib/hash/crc32c.h
 */
export function maskCrc32c(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** The masked checksum of the bytes of any typed array. */
export function maskedCrc32c(bytes: ArrayBufferView): number {
  return maskCrc32c(crc32c(bytes));
}
