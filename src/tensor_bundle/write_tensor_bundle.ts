import { InputError } from '../errors';
import { nodeBuiltin } from '../files/node_builtins';
import { createOutputFile, type OutputFile } from '../files/output_file';
import { encodeMessage } from '../protobuf/encode_message';
import { DATA_TYPES, toShapeMessage } from '../protobuf/tensorflow_types';
import { BUNDLE_ENTRY, BUNDLE_HEADER } from './bundle_schema';
import type { BundleTensor, FloatTensor } from './bundle_tensor';
import { encodeSortedTable } from './encode_sorted_table';
import { RunningChecksum } from './running_checksum';
import { shardFile } from './shard_file';
import { encodeText } from './text_tensor';

/** The key before all names of tensors. */
const HEADER_KEY = '';
const LITTLE_ENDIAN = 0;

/**
 * Writes a checkpoint in TensorFlow's format V2: data files `<prefix>.data-0000i-of-0000n`, the tensors one behind the
 * other, and `<prefix>.index`, a sorted table of where each is.
 *
 * Memory holds two pieces of a tensor at a time, and checkpoints may be larger than 2 GiB.
 *
 * @param prefix path of the files up to their extensions; its folder exists.
 * @param shards the tensors of each data file.
 * @throws {InputError} when a tensor's values do not fit its shape.
 */
export async function writeTensorBundle(prefix: string, shards: ReadonlyArray<readonly BundleTensor[]>): Promise<void> {
  const entries = new Map<string, Uint8Array>([[HEADER_KEY, encodeHeader(shards.length)]]);
  for (const [shard, tensors] of shards.entries()) {
    const file = await createOutputFile(shardFile(prefix, shard, shards.length));
    try {
      let offset = 0;
      for (const tensor of tensors) {
        const written = 'text' in tensor ? await writeText(file, tensor.text) : await writeFloats(file, tensor);
        entries.set(tensor.name, encodeMessage(BUNDLE_ENTRY, { ...written, shard_id: shard, offset }));
        offset += written.size;
      }
    } finally {
      await file.close();
    }
  }
  await nodeBuiltin('node:fs/promises').writeFile(`${prefix}.index`, encodeSortedTable(entries));
}

function encodeHeader(shards: number): Uint8Array {
  return encodeMessage(BUNDLE_HEADER, { num_shards: shards, endianness: LITTLE_ENDIAN, version: { producer: 1 } });
}

async function writeText(file: OutputFile, text: Uint8Array) {
  const { bytes, checksum } = encodeText(text);
  await file.write(bytes);
  return { dtype: DATA_TYPES.string, shape: toShapeMessage([]), size: bytes.length, crc32c: checksum };
}

async function writeFloats(file: OutputFile, { name, shape, pieces }: FloatTensor) {
  const expected = shape.reduce((product, size) => product * size, 1);
  const size = expected * Float32Array.BYTES_PER_ELEMENT;
  const checksum = new RunningChecksum(size);
  let received = 0;
  for await (const values of pieces()) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    checksum.add(received * Float32Array.BYTES_PER_ELEMENT, bytes);
    received += values.length;
    await file.write(values);
  }
  if (received !== expected) {
    throw new InputError(
      `Variable ${name} of shape [${shape}] must have ${expected} values, received ${received}; give all of them, row by row.`,
      { path: name, expected, received },
    );
  }
  return { dtype: DATA_TYPES.float, shape: toShapeMessage(shape), size, crc32c: checksum.value };
}
