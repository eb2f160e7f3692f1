import { parseNumber } from '../parse_number';

/** Parsers of options that are numbers. */
export const positive = parseNumber('a number above 0', (value) => value > 0);
export const notNegative = parseNumber('a number of at least 0', (value) => value >= 0);
export const share = parseNumber('a number from 0 to 1', (value) => value >= 0 && value <= 1);
export const belowOne = parseNumber('a number of at least 0 and below 1', (value) => value >= 0 && value < 1);
export const count = parseNumber('a whole number of at least 0', (value) => Number.isSafeInteger(value) && value >= 0);
export const seed = parseNumber(
  'a whole number from 0 to 4294967295',
  (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32,
);
