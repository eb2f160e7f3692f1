import { maskedCrc32c } from '../../tensor_bundle/masked_crc32c';

/** Bytes around each record: its length and the checksum of that before, the checksum of the data after it. */
const AROUND = 16;

/**
 * A record of TensorFlow's TFRecord format: little-endian length (64 bits), its masked CRC-32C, the data, its masked
 * CRC-32C.
 *
 * @see https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
export function tfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(AROUND + data.byteLength);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.byteLength), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.byteLength, maskedCrc32c(data), true);
  return record;
}
