import { InputError } from '../errors';
import { deriveSeed } from './derive_seed';
import { shuffled } from './shuffled';

/** Options of {@link splitExamples}. */
export interface SplitOptions<Example> {
  /** Part of the examples to hold out, between 0 and 1: 0.1 by default. */
  readonly validation?: number;
  /** 0 by default. */
  readonly seed?: number;
  /** The group of an example, such as its label: of each group the same part is held out. */
  readonly stratify?: (example: Example) => string | number;
}

/** Examples to learn from and examples to judge by. */
export interface Split<Example> {
  readonly train: Example[];
  readonly validation: Example[];
}

/**
 * Holds out a part of the examples, drawn from a seed; both parts keep the order of the whole.
 *
 * Of `stratify`'s groups, those of one example stay in training, and of every other at least one is held out.
 *
 * @throws {InputError} for a part that is not between 0 and 1, and when a part would be empty.
 *
 * @example
 * const { train, validation } = splitExamples(examples, { validation: 0.2, stratify: ({ label }) => label ?? '' });
 */
export function splitExamples<Example>(
  examples: readonly Example[],
  { validation = 0.1, seed = 0, stratify = () => '' }: SplitOptions<Example> = {},
): Split<Example> {
  requirePart(validation);
  const groups = new Map<string | number, number[]>();
  for (const [index, example] of examples.entries()) {
    const group = stratify(example);
    const indices = groups.get(group);
    if (indices === undefined) groups.set(group, [index]);
    else indices.push(index);
  }
  const held = new Set<number>();
  for (const [number, indices] of [...groups.values()].entries()) {
    const wanted = Math.max(1, Math.round(indices.length * validation));
    const count = Math.min(wanted, indices.length - 1);
    for (const index of shuffled(indices, deriveSeed(seed, number)).slice(0, count)) held.add(index);
  }
  if (held.size === 0) {
    throw new InputError(
      `A split needs at least two examples (of one group, with stratify), received ${examples.length}; give more, or a file for each part.`,
      { path: 'examples', received: examples.length },
    );
  }
  return {
    train: examples.filter((_, index) => !held.has(index)),
    validation: examples.filter((_, index) => held.has(index)),
  };
}

/** @throws {InputError} unless the part is between 0 and 1. */
export function requirePart(validation: number): void {
  if (validation > 0 && validation < 1) return;
  throw new InputError(
    `Option validation must be a part between 0 and 1, received ${validation}; give 0.1 for a tenth.`,
    {
      path: 'validation',
      expected: 'between 0 and 1',
      received: validation,
    },
  );
}
