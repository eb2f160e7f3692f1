import { InvalidArgumentError } from 'commander';

/** @throws {InvalidArgumentError} which commander reports with the option's name. */
export function parsePositiveInteger(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}
