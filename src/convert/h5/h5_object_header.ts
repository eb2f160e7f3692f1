import type { RandomAccessFile } from '../../sources/random_access_file';
import { damagedH5, readAddress, readView, signatureOf } from './h5_bytes';

/** A header may go on at other places; more of them than any library writes may lead in a circle. */
const MAX_BLOCKS = 256;
const FIRST_BYTES_V1 = 16;
/** Signature, version, flags, four times, two limits and the largest field for the size. */
const FIRST_BYTES_V2 = 34;
const CONTINUATION = 0x10;
const CHECKSUM_BYTES = 4;
const IS_SHARED = 2;

/** What HDF5 calls a message: one property of an object. */
export interface H5Message {
  /** Number of the property: 3 is the number type, 7 a list of other files, 8 the place of the numbers. */
  readonly type: number;
  /** Whether it only says where the property stands. */
  readonly isShared: boolean;
  readonly data: DataView;
}

/**
 * Reads the properties of an object of an HDF5 file, which HDF5's own functions in JavaScript do not tell.
 *
 * @param base where the file's addresses count from.
 * @param address of the object, as an object reference holds it.
 * @throws {CheckpointError} when there is no such object or it is damaged.
 * @see https://docs.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html#ObjectHeader
 */
export async function readObjectHeader(
  file: RandomAccessFile,
  base: number,
  address: number,
): Promise<readonly H5Message[]> {
  const start = base + address;
  const first = await readView(file, start, Math.min(FIRST_BYTES_V2, Math.max(FIRST_BYTES_V1, file.size - start)));
  const isNew = signatureOf(first) === 'OHDR';
  const { messagesAt, length, hasOrder } = isNew ? headOfV2(first) : headOfV1(first);
  const messages: H5Message[] = [];
  const blocks = [{ start: start + messagesAt, length }];
  for (let index = 0; index < blocks.length; index++) {
    if (index === MAX_BLOCKS) throw damagedH5(file.path, 'an object of it never ends');
    const block = blocks[index]!;
    for (const message of messagesOf(file.path, await readView(file, block.start, block.length), isNew, hasOrder)) {
      messages.push(message);
      if (message.type === CONTINUATION) blocks.push(continuation(message.data, base, isNew));
    }
  }
  return messages;
}

function headOfV1(view: DataView) {
  return { messagesAt: FIRST_BYTES_V1, length: view.getUint32(8, true), hasOrder: false };
}

function headOfV2(view: DataView) {
  const flags = view.getUint8(5);
  const sizeAt = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
  const sizeBytes = 1 << (flags & 3);
  const length =
    sizeBytes === 8
      ? readAddress(view, sizeAt)
      : Number(view.getBigUint64(sizeAt, true) & ((1n << BigInt(8 * sizeBytes)) - 1n));
  return { messagesAt: sizeAt + sizeBytes, length, hasOrder: (flags & 4) !== 0 };
}

function continuation(data: DataView, base: number, isNew: boolean) {
  const start = base + readAddress(data, 0);
  const length = readAddress(data, 8);
  return isNew ? { start: start + 4, length: length - 4 - CHECKSUM_BYTES } : { start, length };
}

function* messagesOf(path: string, block: DataView, isNew: boolean, hasOrder: boolean): Generator<H5Message> {
  const headBytes = isNew ? (hasOrder ? 6 : 4) : 8;
  for (let position = 0; position + headBytes <= block.byteLength; ) {
    const type = isNew ? block.getUint8(position) : block.getUint16(position, true);
    const length = block.getUint16(position + (isNew ? 1 : 2), true);
    const flags = block.getUint8(position + (isNew ? 3 : 4));
    const start = position + headBytes;
    if (start + length > block.byteLength) throw damagedH5(path, 'a property of an object leaves it');
    yield { type, isShared: (flags & IS_SHARED) !== 0, data: new DataView(block.buffer, start, length) };
    position = start + length;
  }
}
