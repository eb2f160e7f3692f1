import { crc32, deflateRawSync } from 'node:zlib';

/** A file of a handmade zip archive, and what the archive says about it where that is not the truth. */
export interface ZipFile {
  readonly name: string;
  readonly data: Uint8Array | string;
  readonly deflate?: boolean;
  readonly localName?: string;
  readonly crc?: number;
  readonly size?: number;
  readonly packedSize?: number;
  /** Where the table of contents says that it begins. */
  readonly offset?: number;
  /** A zip64 extra field: sizes and offset, in this order, for those that are -1 otherwise. */
  readonly zip64?: readonly bigint[];
  readonly flags?: number;
}

/** What the end of an archive says where that is not the truth. */
export interface ZipEnd {
  readonly count?: number;
  readonly directorySize?: number;
  readonly directoryOffset?: number;
  /** Writes the end of a zip64 archive, which has this many bytes before the table of contents that are left out. */
  readonly zip64?: number;
}

/** A zip archive byte by byte, right or wrong. */
export function zipBytes(files: readonly ZipFile[], end: ZipEnd = {}): Uint8Array {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const file of files) {
    const { local, central } = encodeFile(file, position);
    locals.push(local);
    directory.push(central);
    position += local.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const count = end.count ?? files.length;
  const offset = position + (end.zip64 ?? 0);
  const tail = Buffer.alloc(22);
  tail.write('PK\x05\x06', 'latin1');
  tail.writeUInt16LE(count, 8);
  tail.writeUInt16LE(count, 10);
  tail.writeUInt32LE(end.directorySize ?? directoryBytes.length, 12);
  tail.writeUInt32LE(end.directoryOffset ?? (end.zip64 === undefined ? offset : 0xffffffff), 16);
  const tail64 = end.zip64 === undefined ? [] : zip64End(count, directoryBytes.length, offset);
  return new Uint8Array(Buffer.concat([...locals, directoryBytes, ...tail64, tail]));
}

/** The end record of zip64, and the one that says where it lies. */
function zip64End(count: number, directorySize: number, directoryOffset: number): Buffer[] {
  const record = Buffer.alloc(56);
  record.write('PK\x06\x06', 'latin1');
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(directorySize), 40);
  record.writeBigUInt64LE(BigInt(directoryOffset), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 'latin1');
  locator.writeBigUInt64LE(BigInt(directoryOffset + directorySize), 8);
  locator.writeUInt32LE(1, 16);
  return [record, locator];
}

function encodeFile(file: ZipFile, position: number): { local: Buffer; central: Buffer } {
  const data = Buffer.from(file.data as string);
  const packed = file.deflate ? deflateRawSync(data) : data;
  const name = Buffer.from(file.name);
  const localName = Buffer.from(file.localName ?? file.name);
  const extra = Buffer.concat([
    ...(file.zip64 === undefined ? [] : [Buffer.from(Uint16Array.of(1, 8 * file.zip64.length).buffer)]),
    Buffer.from(BigUint64Array.from(file.zip64 ?? []).buffer),
  ]);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(file.flags ?? 0, 2);
  common.writeUInt16LE(file.deflate ? 8 : 0, 4);
  common.writeUInt32LE(file.crc ?? crc32(data), 10);
  common.writeUInt32LE(file.packedSize ?? packed.length, 14);
  common.writeUInt32LE(file.size ?? data.length, 18);
  common.writeUInt16LE(localName.length, 22);
  common.writeUInt16LE(extra.length, 24);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, localName, extra, packed]);
  const centralCommon = Buffer.from(common);
  centralCommon.writeUInt16LE(name.length, 22);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(file.offset ?? position, 10);
  const head = Buffer.from('PK\x01\x02\x14\x00', 'latin1');
  return { local, central: Buffer.concat([head, centralCommon, rest, name, extra]) };
}
