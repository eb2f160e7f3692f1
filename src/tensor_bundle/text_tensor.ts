import { Reader, Writer } from 'protobufjs/minimal.js';
import { crc32c, maskCrc32c } from './masked_crc32c';

/** A text as a checkpoint holds it. */
export interface TextTensor {
  readonly bytes: Uint8Array;
  /** Masked; what the index says. */
  readonly checksum: number;
}

/**
 * The bytes of a tensor of one text: its length as a varint, the checksum of the length, the text.
 *
 * Checksums count the length as four bytes, though the file holds fewer.
 */
export function encodeText(text: Uint8Array): TextTensor {
  const length = Writer.create().uint32(text.length).finish();
  const bytes = new Uint8Array(length.length + 4 + text.length);
  bytes.set(length);
  new DataView(bytes.buffer).setUint32(length.length, maskCrc32c(crcOfLength(text.length)), true);
  bytes.set(text, length.length + 4);
  return { bytes, checksum: checksumOf(text.length, bytes.subarray(length.length)) };
}

/** The text of such a tensor; undefined when it is damaged. */
export function decodeText({ bytes, checksum }: TextTensor): Uint8Array | undefined {
  const reader = Reader.create(bytes);
  try {
    const length = reader.uint32();
    const rest = bytes.subarray(reader.pos);
    return rest.length === 4 + length && checksumOf(length, rest) === checksum ? rest.subarray(4) : undefined;
  } catch {
    return undefined;
  }
}

function crcOfLength(length: number): number {
  return crc32c(Uint32Array.of(length));
}

/** @param rest what follows the length. */
function checksumOf(length: number, rest: Uint8Array): number {
  return maskCrc32c(crc32c(rest, crcOfLength(length)));
}
