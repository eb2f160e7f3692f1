import { InputError } from '../../errors';
import { type Label, labelIndex } from '../examples/labels';
import { shown, withSmallLetter } from '../examples/row_fields';

/**
 * The index of a class.
 *
 * @param label an index, which is only checked, or a name.
 * @param labelNames the classes in order; undefined where only indices can be given, of which any will do.
 * @param place which example it is of, to begin messages with.
 * @throws {InputError} for a label that is neither, or out of range.
 */
export function classIndex(label: Label, labelNames: readonly string[] | undefined, place: string): number {
  if (typeof label === 'string' && labelNames !== undefined) {
    return labelIndex(label, labelNames, { values: {}, place }, 'label');
  }
  const count = labelNames?.length ?? Number.POSITIVE_INFINITY;
  if (typeof label === 'number' && Number.isInteger(label) && label >= 0 && label < count) return label;
  const range = labelNames === undefined ? 'of at least 0' : `from 0 to ${count - 1}`;
  const advice = typeof label === 'string' ? 'give labelNames to have names looked up' : 'correct it or leave it out';
  throw new InputError(
    `The label of ${withSmallLetter(place)} must be an integer ${range}, received ${shown(label)}; ${advice}.`,
    { path: 'label', expected: range, received: label },
  );
}
