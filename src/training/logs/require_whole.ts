import { UsageError } from '../../errors';

/** @throws {UsageError} unless an option is a whole number between two, both allowed. */
export function requireWhole(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`${name} must be a whole number ${range}, received ${value}; change that option.`, {
    path: name,
    received: value,
  });
}
