import { Reader } from 'protobufjs/minimal.js';
import { CheckpointError } from '../errors';
import type { Field, Message, Schema } from './encode_message';
import { LENGTH_DELIMITED, type ScalarType, WIRE_TYPES } from './wire_types';

/**
 * Reads a message in protobuf's wire format: the counterpart of `encodeMessage`, by the same schemas.
 *
 * Fields the schema does not name are skipped; a single field that comes twice keeps its last value. How deep messages
 * lie in each other is bounded by the schema, every length by the bytes given, and their number by four million.
 *
 * @param what the message is, for the error: it stands before "must be".
 * @throws {CheckpointError} when the bytes are no such message, or hold a whole number that no double can.
 *
 * @example
 * decodeMessage({ size: { id: 1, type: 'int' } }, Uint8Array.of(8, 3), 'The header'); // { size: 3 }
 */
export function decodeMessage<S extends Schema>(schema: S, bytes: Uint8Array, what: string): Message<S> {
  try {
    // A view of the plain kind: of a Buffer the library would make a reader with other results.
    const reader = Reader.create(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return new Decoder(reader).readFields(schema, bytes.byteLength) as Message<S>;
  } catch (cause) {
    throw new CheckpointError(
      `${what} must be a protobuf message and is damaged (${reasonOf(cause)}); get the file again.`,
      { cause },
    );
  }
}

/** The library's sentence, without a full stop. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.replace(/\.$/, '') : 'unreadable';
}

type Fields = Record<string, unknown>;

/** An empty message takes two bytes in a file and many more in memory. */
const MOST_MESSAGES = 1 << 22;

const fieldsById = new WeakMap<Schema, ReadonlyMap<number, readonly [name: string, field: Field]>>();

function fieldsOf(schema: Schema): ReadonlyMap<number, readonly [name: string, field: Field]> {
  const known = fieldsById.get(schema);
  if (known !== undefined) return known;
  const fields = new Map(Object.entries(schema).map(([name, field]) => [field.id, [name, field] as const]));
  fieldsById.set(schema, fields);
  return fields;
}

/** Reads on from where its reader stands. */
class Decoder {
  readonly #reader: Reader;
  #messages = 0;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  readFields(schema: Schema, end: number): Fields {
    if (++this.#messages > MOST_MESSAGES) throw new Error(`it holds more than ${MOST_MESSAGES} messages`);
    const reader = this.#reader;
    const fields = fieldsOf(schema);
    const message: Fields = {};
    while (reader.pos < end) {
      const tag = reader.uint32();
      const [name, field] = fields.get(tag >>> 3) ?? [];
      if (name === undefined || field === undefined) skip(reader, tag & 7);
      else this.#readField(message, name, field, tag & 7);
    }
    if (reader.pos !== end) throw new Error('a field reaches over the end');
    return message;
  }

  #readField(message: Fields, name: string, field: Field, wireType: number): void {
    const { type, rule } = field;
    if (rule === 'map') {
      const entry = this.#readMessage({ key: { id: 1, type: 'string' }, value: { id: 2, type } }, wireType);
      message[name] ??= Object.create(null);
      (message[name] as Fields)[String(entry.key ?? '')] = entry.value;
      return;
    }
    if (rule === undefined) {
      message[name] = this.#readValue(type, wireType);
      return;
    }
    message[name] ??= [];
    const list = message[name] as unknown[];
    const isPacked = typeof type === 'string' && wireType === LENGTH_DELIMITED && WIRE_TYPES[type] !== LENGTH_DELIMITED;
    if (!isPacked) list.push(this.#readValue(type, wireType));
    else {
      const end = readEnd(this.#reader);
      while (this.#reader.pos < end) list.push(readScalar(this.#reader, type));
      if (this.#reader.pos !== end) throw new Error('a list reaches over its end');
    }
  }

  #readValue(type: Field['type'], wireType: number): unknown {
    if (typeof type !== 'string') return this.#readMessage(type, wireType);
    if (wireType !== WIRE_TYPES[type]) throw new Error(`wire type ${wireType} where ${WIRE_TYPES[type]} was expected`);
    return readScalar(this.#reader, type);
  }

  #readMessage(schema: Schema, wireType: number): Fields {
    if (wireType !== LENGTH_DELIMITED) throw new Error(`wire type ${wireType} where a message was expected`);
    return this.readFields(schema, readEnd(this.#reader));
  }
}

function skip(reader: Reader, wireType: number): void {
  // Groups may lie in each other without bound, and nobody writes them any more.
  if (wireType === 3 || wireType === 4) throw new Error('it holds a group');
  reader.skipType(wireType);
}

/** Where what follows ends, by the length before it. */
function readEnd(reader: Reader): number {
  const length = reader.uint32();
  if (length > reader.len - reader.pos) throw new Error(`a length of ${length} leaves the message`);
  return reader.pos + length;
}

function readScalar(reader: Reader, type: ScalarType): unknown {
  switch (type) {
    case 'string':
      return reader.string();
    case 'bytes':
      return reader.bytes();
    case 'bool':
      return reader.bool();
    case 'float':
      return reader.float();
    case 'double':
      return reader.double();
    case 'fixed32':
      return reader.fixed32();
    case 'int': {
      const value = Number(reader.int64());
      if (!Number.isSafeInteger(value)) throw new Error(`the number ${value} exceeds 2^53`);
      return value;
    }
  }
}
