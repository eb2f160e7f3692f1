import { encodeMessage, type Message } from '../../src/protobuf/encode_message';
import { DATA_TYPES } from '../../src/protobuf/tensorflow_types';
import { BUNDLE_ENTRY, BUNDLE_HEADER } from '../../src/tensor_bundle/bundle_schema';
import { encodeSortedTable } from '../../src/tensor_bundle/encode_sorted_table';
import { maskedCrc32c } from '../../src/tensor_bundle/masked_crc32c';
import { encodeText } from '../../src/tensor_bundle/text_tensor';

/** What an index says about a tensor. */
export type HandmadeEntry = Message<typeof BUNDLE_ENTRY>;

/** The index of a checkpoint, right or wrong; a header of null is left out. */
export function handmadeIndex(
  entries: Readonly<Record<string, HandmadeEntry | Uint8Array>>,
  header: Message<typeof BUNDLE_HEADER> | null = { num_shards: 1 },
): Uint8Array {
  const encoded = Object.entries(entries).map(
    ([key, entry]) => [key, entry instanceof Uint8Array ? entry : encodeMessage(BUNDLE_ENTRY, entry)] as const,
  );
  const first = header === null ? [] : [['', encodeMessage(BUNDLE_HEADER, header)] as const];
  return encodeSortedTable(new Map([...first, ...encoded]));
}

/** Numbers of any type, or a text, as a tensor of a handmade checkpoint. */
export interface HandmadeTensor {
  readonly dtype?: keyof typeof DATA_TYPES;
  /** By default a list. */
  readonly shape?: readonly number[];
  readonly data: ArrayBufferView | string;
}

/** A whole checkpoint of one data file: `<prefix>.index` and its data. */
export function handmadeBundle(
  tensors: Readonly<Record<string, HandmadeTensor>>,
  prefix = 'model',
): Record<string, Uint8Array> {
  const entries: Record<string, HandmadeEntry> = {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [key, { dtype = 'float', shape, data }] of Object.entries(tensors)) {
    const { bytes, checksum } =
      typeof data === 'string'
        ? encodeText(Buffer.from(data, 'latin1'))
        : { bytes: bytesOf(data), checksum: maskedCrc32c(data) };
    const axes = shape ?? (typeof data === 'string' ? [] : [(data as Float32Array).length]);
    entries[key] = {
      dtype: typeof data === 'string' ? DATA_TYPES.string : DATA_TYPES[dtype],
      shape: { dim: axes.map((size) => ({ size })) },
      offset,
      size: bytes.length,
      crc32c: checksum,
    };
    parts.push(bytes);
    offset += bytes.length;
  }
  return { [`${prefix}.index`]: handmadeIndex(entries), [`${prefix}.data-00000-of-00001`]: Buffer.concat(parts) };
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
