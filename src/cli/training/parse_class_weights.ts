import { InvalidArgumentError } from 'commander';

/**
 * `balanced`, or `1,2.5` as a weight for each class.
 *
 * @throws {InvalidArgumentError} for anything else; commander reports it with the option's name.
 */
export function parseClassWeights(text: string): 'balanced' | number[] {
  if (text === 'balanced') return text;
  const weights = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (weights.every((weight) => Number.isFinite(weight) && weight >= 0)) return weights;
  throw new InvalidArgumentError('It must be balanced, or numbers of at least 0 with commas between them.');
}
