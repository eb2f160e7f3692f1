import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/**
 * `64MB`, `1.5 GiB` or `1000` in bytes.
 *
 * @throws {InvalidArgumentError} which commander reports with the option's name.
 */
export function parseByteSize(text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  const size = Math.floor(Number(digits) * (factor ?? Number.NaN));
  if (Number.isSafeInteger(size) && size > 0) return size;
  throw new InvalidArgumentError('A size is a positive number of bytes, such as 1000000, 64MB or 2GiB.');
}
