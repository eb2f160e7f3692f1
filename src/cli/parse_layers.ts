import { InvalidArgumentError } from 'commander';
import { parseList } from './training/parse_list';

/**
 * `0,2,4` as numbers.
 *
 * @throws {InvalidArgumentError} for what is no such list; commander reports it with the option's name.
 */
export function parseLayers(text: string): number[] {
  const parts = parseList(text);
  if (parts.every((part) => /^\d+$/.test(part))) return parts.map(Number);
  throw new InvalidArgumentError('It must be whole numbers with commas between them, such as 0,2,4.');
}
