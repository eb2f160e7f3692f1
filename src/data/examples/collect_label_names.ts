import { InputError } from '../../errors';
import type { Label } from './labels';

/**
 * The names of the labels that occur, in order: of numbers where all are numbers, else of UTF-16 code units, so that
 * the same data give the same indices everywhere.
 *
 * @param labels of examples, or lists of them, as the tags of sentences are.
 * @throws {InputError} when there is none.
 *
 * @example
 * await collectLabelNames(['spam', 'ham', 'spam']); // ['ham', 'spam']
 * await collectLabelNames([['O', 'B-PER'], ['O']]); // ['B-PER', 'O']
 */
export async function collectLabelNames(
  labels: Iterable<Label | readonly Label[]> | AsyncIterable<Label | readonly Label[]>,
): Promise<string[]> {
  const names = new Set<string>();
  for await (const label of labels) {
    for (const one of Array.isArray(label) ? (label as readonly Label[]) : [label]) names.add(String(one));
  }
  if (names.size === 0) {
    throw new InputError('There must be labels to take names from, and there is none; name their column.', {
      path: 'label',
      expected: 'a label',
    });
  }
  const all = [...names].sort();
  return all.every((name) => name.trim() !== '' && Number.isFinite(Number(name)))
    ? all.sort((a, b) => Number(a) - Number(b))
    : all;
}
