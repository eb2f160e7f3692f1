import { InvalidArgumentError } from 'commander';

/**
 * `a, b,c` as its parts.
 *
 * @throws {InvalidArgumentError} for an empty part or one that is there twice; commander reports it with the option's name.
 */
export function parseList(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (!parts.includes('') && new Set(parts).size === parts.length) return parts;
  throw new InvalidArgumentError('It must be names with commas between them, none empty and none twice.');
}
