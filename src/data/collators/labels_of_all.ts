import { InputError } from '../../errors';

/**
 * The labels of a batch's features, or nothing where none has one, as in a batch to predict.
 *
 * @param name of the label, for messages.
 * @throws {InputError} when some features have one and others do not.
 */
export function labelsOfAll<Labels>(labels: readonly (Labels | undefined)[], name: string): Labels[] | undefined {
  const known = labels.filter((label) => label !== undefined);
  if (known.length === 0) return undefined;
  if (known.length === labels.length) return known;
  throw new InputError(
    `All features of a batch must have ${name} or none, received ${known.length} of ${labels.length} with them; leave out what has no label.`,
    { path: name, expected: labels.length, received: known.length },
  );
}
