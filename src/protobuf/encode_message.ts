import { Writer } from 'protobufjs/minimal.js';
import { OutputError } from '../errors';
import { LENGTH_DELIMITED, type ScalarType, WIRE_TYPES } from './wire_types';

/** One field of a message: its number in the `.proto` file, and what it holds. */
export interface Field {
  readonly id: number;
  readonly type: ScalarType | Schema;
  /** `packed` lists share one length; a `map` goes from names to values. */
  readonly rule?: 'repeated' | 'packed' | 'map';
}

/** The fields of a protobuf message that are written or read, by name. */
export interface Schema {
  readonly [name: string]: Field;
}

type Single<Type> = Type extends 'string'
  ? string
  : Type extends 'bytes'
    ? Uint8Array
    : Type extends 'bool'
      ? boolean
      : Type extends ScalarType
        ? number
        : Type extends Schema
          ? Message<Type>
          : never;

type Value<F extends Field> = F['rule'] extends 'repeated' | 'packed'
  ? ReadonlyArray<Single<F['type']>>
  : F['rule'] extends 'map'
    ? Readonly<Record<string, Single<F['type']>>>
    : Single<F['type']>;

/** A message of a schema; fields left out keep the format's defaults. */
export type Message<S extends Schema> = { readonly [Name in keyof S]?: Value<S[Name]> };

/** What readers of protobuf take at most. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Writes a message in protobuf's wire format.
 *
 * Uses the wire writer of protobufjs and no generated encoder: those are made with `Function`, which a strict content
 * security policy forbids. Fields go in the order of the schema, so equal messages give equal bytes.
 *
 * @throws {OutputError} when it would exceed protobuf's limit of 2 GiB.
 *
 * @example
 * encodeMessage({ size: { id: 1, type: 'int' } }, { size: 3 }); // bytes 08 03
 */
export function encodeMessage<S extends Schema>(schema: S, message: Message<S>): Uint8Array {
  const writer = Writer.create();
  writeFields(writer, schema, message as Readonly<Record<string, unknown>>);
  refuseBeyondLimit(writer.len);
  return writer.finish();
}

function refuseBeyondLimit(bytes: number): void {
  if (bytes <= MOST_BYTES) return;
  throw new OutputError(
    `A protobuf message must not exceed ${MOST_BYTES} bytes, received at least ${bytes}; hold large values in variables instead of constants.`,
    { expected: MOST_BYTES, received: bytes },
  );
}

function writeFields(writer: Writer, schema: Schema, message: Readonly<Record<string, unknown>>): void {
  for (const [name, field] of Object.entries(schema)) {
    const value = message[name];
    if (value === undefined) continue;
    if (field.rule === 'packed') writePacked(writer, field, value as readonly number[]);
    else if (field.rule === 'map') writeMap(writer, field, value as Readonly<Record<string, unknown>>);
    else for (const item of field.rule === 'repeated' ? (value as unknown[]) : [value]) writeField(writer, field, item);
  }
}

function writeField(writer: Writer, { id, type }: Field, value: unknown): void {
  if (typeof type !== 'string') {
    writer.uint32((id << 3) | LENGTH_DELIMITED).fork();
    writeFields(writer, type, value as Readonly<Record<string, unknown>>);
    writer.ldelim();
    return;
  }
  writer.uint32((id << 3) | WIRE_TYPES[type]);
  writeScalar(writer, type, value);
}

function writePacked(writer: Writer, { id, type }: Field, values: readonly number[]): void {
  writer.uint32((id << 3) | LENGTH_DELIMITED).fork();
  for (const value of values) writeScalar(writer, type as ScalarType, value);
  writer.ldelim();
}

function writeMap(writer: Writer, { id, type }: Field, values: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(values)) {
    writer.uint32((id << 3) | LENGTH_DELIMITED).fork();
    writeField(writer, { id: 1, type: 'string' }, key);
    writeField(writer, { id: 2, type }, value);
    writer.ldelim();
  }
}

function writeScalar(writer: Writer, type: ScalarType, value: unknown): void {
  switch (type) {
    case 'string':
      writer.string(value as string);
      break;
    case 'bytes':
      // The writer takes memory at once.
      refuseBeyondLimit(writer.len + (value as Uint8Array).length);
      writer.bytes(value as Uint8Array);
      break;
    case 'bool':
      writer.bool(value as boolean);
      break;
    case 'float':
      writer.float(value as number);
      break;
    case 'double':
      writer.double(value as number);
      break;
    case 'fixed32':
      writer.fixed32(value as number);
      break;
    case 'int':
      writer.int64(value as number);
      break;
  }
}
