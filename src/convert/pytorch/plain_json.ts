import { CheckpointError } from '../../errors';

/** Values of a configuration, and lists within lists: more than any has. */
const MAX_VALUES = 10_000;
const MAX_DEPTH = 32;

/**
 * What a pickle holds, as JSON: dictionaries become objects, tuples and sets lists; what JSON has no word for is left
 * out.
 *
 * @param path for messages.
 * @throws {CheckpointError} when it holds more values or levels than any configuration, as when it contains itself.
 */
export function plainJson(path: string, value: unknown): unknown {
  let count = 0;
  const convert = (item: unknown, depth: number): unknown => {
    count++;
    if (count > MAX_VALUES || depth > MAX_DEPTH) {
      throw new CheckpointError(
        `The configuration in ${path} must have at most ${MAX_VALUES} values in ${MAX_DEPTH} levels and has more; get the file again.`,
        { path, expected: MAX_VALUES },
      );
    }
    if (item === null || ['boolean', 'number', 'string'].includes(typeof item)) return item;
    if (Array.isArray(item) || item instanceof Set) {
      return Array.from(item, (inner) => convert(inner, depth + 1));
    }
    if (!(item instanceof Map)) return undefined;
    const entries = [...item].filter(([key]) => typeof key === 'string' || typeof key === 'number');
    return Object.fromEntries(entries.map(([key, inner]) => [key, convert(inner, depth + 1)]));
  };
  return convert(value, 0);
}
