import { util } from '@tensorflow/tfjs';
import { InputError } from '../errors';
import { nodeBuiltin } from '../files/node_builtins';
import { createOutputFile, type OutputFile } from '../files/output_file';
import { toDataTypeNumber, toShapeMessage } from './encode_graph';
import { encodeMessage } from './encode_message';
import { maskedCrc32c } from './masked_crc32c';
import type { SavedVariable } from './saved_variable';
import { encodeSortedTable } from './sorted_table';
import { BUNDLE_ENTRY, BUNDLE_HEADER } from './tensorflow_schema';

/** The key before all names of tensors. */
const HEADER_KEY = '';
const LITTLE_ENDIAN = 0;

/**
 * Writes a checkpoint in TensorFlow's format V2: `<prefix>.data-00000-of-00001`, the numbers of all tensors one behind
 * the other, and `<prefix>.index`, a sorted table of where each is.
 *
 * Memory holds one tensor at a time, and checkpoints may be larger than 2 GiB.
 *
 * @param prefix path of the files up to their extensions; its folder exists.
 * @throws {InputError} when a tensor's values do not fit its shape.
 */
export async function writeTensorBundle(prefix: string, tensors: readonly SavedVariable[]): Promise<void> {
  const data = await createOutputFile(`${prefix}.data-00000-of-00001`);
  const entries: [key: string, value: Uint8Array][] = [[HEADER_KEY, encodeHeader()]];
  try {
    let offset = 0;
    for (const tensor of tensors) {
      const { size, crc32c } = await writeValues(data, tensor);
      entries.push([
        tensor.name,
        encodeMessage(BUNDLE_ENTRY, {
          dtype: toDataTypeNumber('float'),
          shape: toShapeMessage(tensor.shape),
          shard_id: 0,
          offset,
          size,
          crc32c,
        }),
      ]);
      offset += size;
    }
  } finally {
    await data.close();
  }
  await nodeBuiltin('node:fs/promises').writeFile(`${prefix}.index`, encodeSortedTable(new Map(entries)));
}

function encodeHeader(): Uint8Array {
  return encodeMessage(BUNDLE_HEADER, { num_shards: 1, endianness: LITTLE_ENDIAN, version: { producer: 1 } });
}

async function writeValues(file: OutputFile, { name, shape, values: read }: SavedVariable) {
  const values = await read();
  const expected = util.sizeFromShape([...shape]);
  if (values.length !== expected) {
    throw new InputError(
      `Variable ${name} of shape [${shape}] must have ${expected} values, received ${values.length}; give all of them, row by row.`,
      { path: name, expected, received: values.length },
    );
  }
  await file.write(values);
  return { size: values.byteLength, crc32c: maskedCrc32c(values) };
}
