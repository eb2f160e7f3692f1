import { InputError } from '../../errors';
import type { Row } from '../readers/row';

/**
 * Finds the column that holds a field.
 *
 * @param chosen its name as the caller gave it; otherwise the first of the usual names that the row has.
 * @throws {InputError} for a name that the caller gave and the row lacks.
 */
export function findColumn(row: Row, chosen: string | undefined, usual: readonly string[]): string | undefined {
  if (chosen === undefined) return usual.find((name) => Object.hasOwn(row.values, name));
  return Object.hasOwn(row.values, chosen) ? chosen : refuseColumn(row, [chosen]);
}

/**
 * The same for a field that every row must have.
 *
 * @throws {InputError} where there is none; it names the columns that there are.
 */
export function requireColumn(row: Row, chosen: string | undefined, usual: readonly string[]): string {
  return findColumn(row, chosen, usual) ?? refuseColumn(row, usual);
}

function refuseColumn(row: Row, names: readonly string[]): never {
  const received = Object.keys(row.values);
  const [first, ...others] = names;
  const expected = others.length === 0 ? first : `${first} (or ${others.join(', ')})`;
  throw new InputError(
    `${row.place} must have a column ${expected} and has ${listed(received)}; name the column to take instead, or correct the file.`,
    { path: first!, expected: names, received },
  );
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.slice(0, 20).join(', ') + (names.length > 20 ? ', …' : '');
}

/** @throws {InputError} unless the column holds a string. */
export function requireText(row: Row, column: string): string {
  const value = row.values[column];
  return typeof value === 'string' ? value : refuseValue(row, column, 'a string', value);
}

/** @throws {InputError} unless the column holds a list of strings. */
export function requireTexts(row: Row, column: string): readonly string[] {
  const value = row.values[column];
  return isTexts(value) ? value : refuseValue(row, column, 'a list of strings', value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** @throws {InputError} always: what the column must hold and what it holds. */
export function refuseValue(row: Row, column: string, expected: string, received: unknown): never {
  throw new InputError(
    `Column ${column} of ${withSmallLetter(row.place)} must hold ${expected} and holds ${shown(received)}; correct that row or leave it out.`,
    { path: column, expected, received },
  );
}

/** A place in the middle of a sentence. */
export function withSmallLetter(place: string): string {
  return place.charAt(0).toLowerCase() + place.slice(1);
}

/** A value as JSON, cut where it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
