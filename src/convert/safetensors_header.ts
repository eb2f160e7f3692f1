import { z } from 'zod';
import { CheckpointError } from '../errors';
import type { TensorInfo } from './checkpoint_reader';
import { elementCount } from './element_count';

/** Bytes of one number, by the format's name of the number type. */
export const SAFETENSORS_SIZES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
};

/** A tensor of a safetensors file; `start` and `end` count from the beginning of the file. */
export interface SafetensorsEntry extends TensorInfo {
  readonly start: number;
  readonly end: number;
}

const size = z.int().nonnegative();
const entrySchema = z.object({ dtype: z.string(), shape: z.array(size), data_offsets: z.tuple([size, size]) });
const headerSchema = z.record(z.string(), z.unknown());

/**
 * Parses a safetensors header and checks that its tensors cover the rest of the file exactly once.
 *
 * @param path for messages.
 * @param json the header's bytes, without the eight that hold its length.
 * @param fileSize in bytes.
 * @throws {CheckpointError} when it is no JSON of the expected form, names an unknown number type, or its offsets
 *   do not fit the shapes, overlap, leave a gap or point outside the file.
 */
export function parseSafetensorsHeader(
  path: string,
  json: Uint8Array,
  fileSize: number,
): ReadonlyMap<string, SafetensorsEntry> {
  const entries = new Map<string, SafetensorsEntry>();
  const dataStart = 8 + json.byteLength;
  for (const [name, value] of Object.entries(parseObject(path, json))) {
    if (name !== '__metadata__') entries.set(name, toEntry(path, name, value, dataStart, fileSize));
  }
  checkCover(path, entries, dataStart, fileSize);
  return entries;
}

function parseObject(path: string, json: Uint8Array): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    throw new CheckpointError(`The header of ${path} must be JSON and is not; get the file again.`, { path, cause });
  }
  const result = headerSchema.safeParse(parsed);
  if (result.success) return result.data;
  throw new CheckpointError(`The header of ${path} must be a JSON object of tensors and is not; get the file again.`, {
    path,
    received: parsed,
  });
}

function toEntry(path: string, name: string, value: unknown, dataStart: number, fileSize: number): SafetensorsEntry {
  const result = entrySchema.safeParse(value);
  if (!result.success) {
    throw damaged(path, name, 'a dtype, a shape and two data_offsets', value);
  }
  const { dtype, shape, data_offsets: offsets } = result.data;
  const numberSize = SAFETENSORS_SIZES[dtype];
  if (numberSize === undefined) {
    throw damaged(path, name, `one of the number types ${Object.keys(SAFETENSORS_SIZES).join(', ')}`, dtype);
  }
  const start = dataStart + offsets[0];
  const end = dataStart + offsets[1];
  if (start > end || end > fileSize) {
    throw damaged(path, name, `offsets within its ${fileSize - dataStart} bytes of data`, offsets);
  }
  const bytes = numberSize * elementCount(shape);
  if (end - start !== bytes) {
    throw damaged(path, name, `${bytes} bytes for ${dtype} numbers of shape [${shape}]`, end - start);
  }
  return { dtype, shape, start, end };
}

function checkCover(
  path: string,
  entries: ReadonlyMap<string, SafetensorsEntry>,
  dataStart: number,
  fileSize: number,
): void {
  let covered = dataStart;
  const inOrder = [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  for (const [name, { start, end }] of inOrder) {
    if (start !== covered) {
      const problem = start < covered ? 'overlaps the tensor before it' : 'leaves a gap before it';
      throw damaged(path, name, `data from byte ${covered} on`, `byte ${start}, which ${problem}`);
    }
    covered = end;
  }
  if (covered !== fileSize) {
    throw new CheckpointError(
      `${path} must end with its last tensor at byte ${covered} and is ${fileSize} bytes long; get the file again.`,
      { path, expected: covered, received: fileSize },
    );
  }
}

function damaged(path: string, name: string, expected: string, received: unknown): CheckpointError {
  const shown = typeof received === 'string' ? received : JSON.stringify(received);
  return new CheckpointError(
    `Tensor ${name} in ${path} must have ${expected}, received ${shown}; the file is damaged, get it again.`,
    { path, expected, received },
  );
}
