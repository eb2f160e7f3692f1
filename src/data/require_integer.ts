import { InputError } from '../errors';

/** @throws {InputError} unless the option is an integer that is large enough. */
export function requireInteger(option: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InputError(`Option ${option} must be an integer of at least ${least}, received ${value}; correct it.`, {
    path: option,
    expected: least,
    received: value,
  });
}
