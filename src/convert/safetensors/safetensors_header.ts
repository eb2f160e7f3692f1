import { z } from 'zod';
import { CheckpointError } from '../../errors';
import type { TensorInfo } from '../checkpoint_reader';
import { NUMBER_SIZES, type NumberType } from '../numbers/decode_numbers';
import { elementCount } from '../numbers/element_count';

/** Number types by the names that the format has for them. */
export const SAFETENSORS_TYPES = {
  BOOL: 'bool',
  U8: 'uint8',
  I8: 'int8',
  F8_E4M3: 'float8_e4m3fn',
  F8_E5M2: 'float8_e5m2',
  U16: 'uint16',
  I16: 'int16',
  F16: 'float16',
  BF16: 'bfloat16',
  U32: 'uint32',
  I32: 'int32',
  F32: 'float32',
  U64: 'uint64',
  I64: 'int64',
  F64: 'float64',
} as const satisfies Readonly<Record<string, NumberType>>;

/** A tensor of a safetensors file; `start` and `end` count from the beginning of the file. */
export interface SafetensorsEntry extends TensorInfo {
  readonly dtype: NumberType;
  readonly start: number;
  readonly end: number;
}

const size = z.int().nonnegative();
const entrySchema = z.object({ dtype: z.string(), shape: z.array(size), data_offsets: z.tuple([size, size]) });

/** Strings, and the signs that matter around them, of a text that is JSON. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g;

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
  let text: string;
  let parsed: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(json);
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(`The header of ${path} must be JSON and is not; get the file again.`, { path, cause });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new CheckpointError(
      `The header of ${path} must be a JSON object of tensors and is not; get the file again.`,
      { path, received: parsed },
    );
  }
  refuseTwins(path, text);
  return parsed as Record<string, unknown>;
}

/** Of two tensors of one name JSON keeps the last; another reader may keep the first. */
function refuseTwins(path: string, text: string): void {
  const names = new Set<string>();
  let depth = 0;
  let last = '';
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (token === ':' && depth === 1) {
      const name = JSON.parse(last) as string;
      if (names.has(name)) throw damaged(path, name, 'one entry', 'two');
      names.add(name);
    } else last = token;
  }
}

function toEntry(path: string, name: string, value: unknown, dataStart: number, fileSize: number): SafetensorsEntry {
  const result = entrySchema.safeParse(value);
  if (!result.success) {
    throw damaged(path, name, 'a dtype, a shape and two data_offsets', 'something else');
  }
  const { dtype: spelling, shape, data_offsets: offsets } = result.data;
  if (!Object.hasOwn(SAFETENSORS_TYPES, spelling)) {
    throw damaged(path, name, `one of the number types ${Object.keys(SAFETENSORS_TYPES).join(', ')}`, spelling);
  }
  const dtype = SAFETENSORS_TYPES[spelling as keyof typeof SAFETENSORS_TYPES];
  const start = dataStart + offsets[0];
  const end = dataStart + offsets[1];
  if (start > end || end > fileSize) {
    throw damaged(path, name, `offsets within its ${fileSize - dataStart} bytes of data`, offsets);
  }
  const bytes = NUMBER_SIZES[dtype] * elementCount(shape);
  if (end - start !== bytes) {
    throw damaged(path, name, `${bytes} bytes for ${spelling} numbers of shape [${shape}]`, end - start);
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
