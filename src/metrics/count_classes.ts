import { InputError } from '../errors';
import { ClassCounts } from './class_counts';
import { requirePairs } from './require_pairs';

/**
 * Counts class indices and how often they agree.
 *
 * @throws {InputError} for unequal numbers, none at all, or what is no class index.
 */
export function countClasses(labels: ArrayLike<number>, predictions: ArrayLike<number>): ClassCounts<number> {
  requirePairs(['Labels', 'predictions'], labels, predictions);
  const counts = new ClassCounts<number>();
  for (let i = 0; i < labels.length; i++) {
    const [label, prediction] = [classIndex('Label', labels, i), classIndex('Prediction', predictions, i)];
    counts.add(label, 'support');
    counts.add(prediction, 'predicted');
    if (label === prediction) counts.add(label, 'hits');
  }
  return counts;
}

function classIndex(name: string, values: ArrayLike<number>, at: number): number {
  const value = values[at]!;
  if (Number.isInteger(value) && value >= 0) return value;
  throw new InputError(
    `${name} ${at} must be a class index, an integer of at least 0, received ${value}; leave ignored places out.`,
    { path: `${name.toLowerCase()} ${at}`, expected: 'an integer of at least 0', received: value },
  );
}
