import { InvalidArgumentError } from 'commander';

/**
 * Makes the parser of an option that is a number.
 *
 * @param words what it must be, such as `a number above 0`.
 * @returns a function that throws an InvalidArgumentError, which commander reports with the option's name.
 */
export function parseNumber(words: string, fits: (value: number) => boolean): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && fits(value)) return value;
    throw new InvalidArgumentError(`It must be ${words}.`);
  };
}
