import { decodeMessage } from '../../../src/protobuf/decode_message';
import { maskedCrc32c } from '../../../src/tensor_bundle/masked_crc32c';
import { EVENT } from '../../../src/training/logs/event_schema';

/** The events of a file, their checksums compared; a last record that is not whole is left out. */
export function readEvents(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events = [];
  for (let at = 0; at + 12 <= bytes.byteLength; ) {
    const length = Number(view.getBigUint64(at, true));
    if (at + 16 + length > bytes.byteLength) break;
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 8, true)).toBe(maskedCrc32c(bytes.subarray(at, at + 8)));
    expect(view.getUint32(at + 12 + length, true)).toBe(maskedCrc32c(data));
    events.push(decodeMessage(EVENT, data, 'The event'));
    at += 16 + length;
  }
  return events;
}
