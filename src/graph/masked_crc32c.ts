import CRC32C from 'crc-32/crc32c.js';

/**
 * The checksum of TensorFlow's files: CRC-32C, turned and shifted so that the checksum of data that holds checksums
 * stays a good one.
 *
 * @see https://github.com/tensorflow/tensorflow/blob/v2.21.0/third_party/xla/xla/tsl/lib/hash/crc32c.h
 */
export function maskedCrc32c({ buffer, byteOffset, byteLength }: ArrayBufferView): number {
  const crc = CRC32C.buf(new Uint8Array(buffer, byteOffset, byteLength));
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
