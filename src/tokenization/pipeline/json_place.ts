import type { z } from 'zod';
import { TokenizerError } from '../../errors';

/** Components within components, so far and no further. */
const DEEPEST = 32;

/** A value in a JSON file: which file, under which key, within how many components. */
export interface JsonPlace {
  readonly file: string;
  readonly key: string;
  readonly depth: number;
}

/** The place of a value under another one. */
export function placeWithin(place: JsonPlace, key: string | number): JsonPlace {
  return { ...place, key: place.key === '' ? String(key) : `${place.key}.${key}` };
}

/** An error about the value at a place. */
export function wrongValue(place: JsonPlace, problem: string, cause?: unknown): TokenizerError {
  return new TokenizerError(
    `${place.file} cannot be used, since ${place.key || 'the file'} is not as it must be (${problem}); correct it or fetch the file again.`,
    { path: place.file, expected: problem, received: place.key, cause },
  );
}

/**
 * Checks a value.
 *
 * @throws {TokenizerError} naming the place and what is wrong with it.
 */
export function parseAt<Schema extends z.ZodType>(schema: Schema, value: unknown, place: JsonPlace): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const key = issue.path.map(String).join('.');
  throw wrongValue(key === '' ? place : placeWithin(place, key), issue.message);
}

/** Reads a component of one type. */
export type ComponentReader<Component> = (value: unknown, place: JsonPlace) => Component;

/**
 * Reads a component by the `type` that it names.
 *
 * @param kind what it is, for error messages.
 * @throws {TokenizerError} for a type that is not among the readers, and for components too deep within each other.
 */
export function readByType<Component>(
  readers: Readonly<Record<string, ComponentReader<Component>>>,
  kind: string,
  value: unknown,
  place: JsonPlace,
): Component {
  if (place.depth > DEEPEST) throw wrongValue(place, `components may be at most ${DEEPEST} deep within each other`);
  const type: unknown = typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : undefined;
  if (typeof type === 'string' && Object.hasOwn(readers, type)) {
    return readers[type]!(value, { ...place, depth: place.depth + 1 });
  }
  const received = typeof type === 'string' ? JSON.stringify(type.slice(0, 100)) : 'none';
  throw wrongValue(
    placeWithin(place, 'type'),
    `expected the type of a ${kind} that DeBERTa has use for, which is ${Object.keys(readers).join(', ')}, received ${received}`,
  );
}
