import type { RandomAccessFile } from '../../sources/random_access_file';
import { elementCount } from '../numbers/element_count';
import { damagedH5, readAddress, readView, signatureOf } from './h5_bytes';
import type { H5Message } from './h5_object_header';

const ATTRIBUTE = 0x0c;
const HAS_SHARED_PARTS = 3;
const HEAP_HEAD_BYTES = 16;
const ITEM_HEAD_BYTES = 16;
/** Of a text that stands in a heap: its length, the heap's address, and its number there. */
const REFERENCE_BYTES = 16;

/** Classes of types: texts of a fixed length, and sequences, of which texts are a kind. */
const FIXED = 3;
const SEQUENCE = 9;
const IS_TEXT = 1;
/** A space without elements, in the newer of the two ways in which spaces are written. */
const NULL_SPACE = 2;

/**
 * Reads a list of names that is kept in an attribute; Keras splits long lists over `name0`, `name1` and so on.
 *
 * The library's own functions loop for ever in some damaged files, and free memory that is not theirs in others.
 *
 * @param base where the file's addresses count from.
 * @param messages the properties of the object that has the attribute.
 * @returns undefined when there is no such attribute.
 * @throws {CheckpointError} when it is something else.
 * @see https://docs.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html#AttributeMessage
 */
export async function readH5Names(
  file: RandomAccessFile,
  base: number,
  messages: readonly H5Message[],
  attribute: string,
): Promise<readonly string[] | undefined> {
  const attributes = new Map<string, Attribute>();
  for (const { type, isShared, data } of messages) {
    if (type !== ATTRIBUTE || isShared) continue;
    const parsed = parseAttribute(data);
    attributes.set(parsed.name, parsed);
  }
  const whole = attributes.get(attribute);
  if (whole !== undefined) return readTexts(file, base, whole);
  if (!attributes.has(`${attribute}0`)) return undefined;
  const names: string[] = [];
  for (let part = 0; ; part++) {
    const next = attributes.get(`${attribute}${part}`);
    if (next === undefined) return names;
    for (const name of await readTexts(file, base, next)) names.push(name);
  }
}

interface Attribute {
  readonly name: string;
  /** Class of the type, its bits, and the bytes of an element. */
  readonly kind: number;
  readonly bits: number;
  readonly size: number;
  readonly count: number;
  readonly data: DataView;
}

function parseAttribute(message: DataView): Attribute {
  const version = message.getUint8(0);
  const flags = message.getUint8(1);
  // The first version fills each part up to a multiple of eight bytes; the third also says how the name is written.
  const lengths = [2, 4, 6].map((at) => message.getUint16(at, true));
  const [nameAt, typeAt, spaceAt, dataAt] = placesOf(version === 3 ? 9 : 8, lengths, version === 1 ? 8 : 1);
  const name = textIn(new Uint8Array(message.buffer, message.byteOffset + nameAt!, lengths[0]!));
  const isPlain = version === 1 || (flags & HAS_SHARED_PARTS) === 0;
  return {
    name,
    kind: isPlain ? message.getUint8(typeAt!) & 15 : Number.NaN,
    bits: message.getUint8(typeAt! + 1),
    size: message.getUint32(typeAt! + 4, true),
    count: isPlain ? countIn(new DataView(message.buffer, message.byteOffset + spaceAt!, lengths[2]!)) : Number.NaN,
    data: new DataView(message.buffer, message.byteOffset + dataAt!, message.byteLength - dataAt!),
  };
}

/** Where parts begin that follow each other, and where the last ends. */
function placesOf(first: number, lengths: readonly number[], unit: number): number[] {
  const places = [first];
  for (const length of lengths) places.push(places.at(-1)! + Math.ceil(length / unit) * unit);
  return places;
}

/** Elements of a space, from the property that describes it. */
function countIn(space: DataView): number {
  const isOld = space.getUint8(0) === 1;
  if (!isOld && space.getUint8(3) === NULL_SPACE) return 0;
  const sizesAt = isOld ? 8 : 4;
  const rank = space.getUint8(1);
  return elementCount(Array.from({ length: rank }, (_, axis) => readAddress(space, sizesAt + 8 * axis)));
}

async function readTexts(file: RandomAccessFile, base: number, attribute: Attribute): Promise<readonly string[]> {
  const { name, kind, bits, size, count, data } = attribute;
  // What Keras writes for a layer without weights is an empty list of numbers.
  if (count === 0) return [];
  const isFixed = kind === FIXED;
  const isText = isFixed || (kind === SEQUENCE && (bits & 15) === IS_TEXT && size === REFERENCE_BYTES);
  if (!isText || !(size * count <= data.byteLength)) {
    throw damagedH5(file.path, `its attribute ${name} must be a list of names`);
  }
  if (isFixed) {
    return Array.from({ length: count }, (_, index) =>
      textIn(new Uint8Array(data.buffer, data.byteOffset + index * size, size)),
    );
  }
  const heaps = new Map<number, ReadonlyMap<number, Uint8Array>>();
  const texts: string[] = [];
  let total = 0;
  for (let at = 0; at < count * size; at += size) {
    const length = data.getUint32(at, true);
    const address = readAddress(data, at + 4);
    if (!heaps.has(address)) heaps.set(address, await readHeap(file, base + address));
    const bytes = heaps.get(address)!.get(data.getUint32(at + 12, true));
    total += length;
    // Many references to one long text would take far more memory than the file has bytes.
    if (bytes === undefined || length > bytes.length || total > file.size) {
      throw damagedH5(file.path, `its attribute ${name} leads nowhere`);
    }
    texts.push(textIn(bytes.subarray(0, length)));
  }
  return texts;
}

/** The texts of a heap by their numbers there. */
async function readHeap(file: RandomAccessFile, start: number): Promise<ReadonlyMap<number, Uint8Array>> {
  if (start > file.size) throw damagedH5(file.path, 'a list of names lies outside of it');
  const head = await readView(file, start, HEAP_HEAD_BYTES);
  if (signatureOf(head) !== 'GCOL') throw damagedH5(file.path, 'a list of names is damaged');
  const heap = await readView(file, start, readAddress(head, 8));
  const items = new Map<number, Uint8Array>();
  for (let at = HEAP_HEAD_BYTES; at + ITEM_HEAD_BYTES <= heap.byteLength; ) {
    const index = heap.getUint16(at, true);
    // The rest is free.
    if (index === 0) break;
    const length = readAddress(heap, at + 8);
    const itemAt = at + ITEM_HEAD_BYTES;
    if (itemAt + length > heap.byteLength) throw damagedH5(file.path, 'a list of names is damaged');
    items.set(index, new Uint8Array(heap.buffer, itemAt, length));
    at = itemAt + Math.ceil(length / 8) * 8;
  }
  return items;
}

/** A text that may be filled up with zeros. */
function textIn(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
