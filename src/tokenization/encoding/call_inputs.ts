import { TokenizerError } from '../../errors';

/** A text, a list of texts, a text as words, or a list of texts as words. */
export type TextInput = string | readonly string[] | readonly (readonly string[])[];

/** One text or pair; each sequence as the strings to be tokenized one after another. */
export interface Example {
  readonly first: readonly string[];
  readonly second: readonly string[] | undefined;
}

/** What `call` was given, in one form. */
export interface CallInputs {
  /** Whether it was a list of texts, and a batch is to be returned. */
  readonly batched: boolean;
  readonly examples: readonly Example[];
}

/**
 * Brings the forms that `call` takes into one.
 *
 * @param isSplitIntoWords whether a list of strings is one text given as words, rather than several texts.
 * @throws {TokenizerError} for anything that is not text, for an empty list, and for a `textPair` of another form or
 *   length than `text`.
 */
export function readCallInputs(
  text: TextInput,
  textPair: TextInput | undefined,
  isSplitIntoWords: boolean,
): CallInputs {
  const batched = typeof text !== 'string' && !(isSplitIntoWords && isListOfStrings(text));
  if (!batched) {
    const second = textPair === undefined ? undefined : toSequence(textPair, 'textPair', isSplitIntoWords);
    return { batched, examples: [{ first: toSequence(text, 'text', isSplitIntoWords), second }] };
  }
  const texts = toList(text, 'text');
  if (textPair === undefined) {
    return {
      batched,
      examples: texts.map((item) => ({ first: toSequence(item, 'text', isSplitIntoWords), second: undefined })),
    };
  }
  const pairs = toList(textPair, 'textPair');
  if (pairs.length !== texts.length) {
    throw new TokenizerError(
      `textPair must have as many texts as text (${texts.length}), received ${pairs.length}; give one for each.`,
      { path: 'textPair', expected: texts.length, received: pairs.length },
    );
  }
  const examples = texts.map((item, index) => ({
    first: toSequence(item, 'text', isSplitIntoWords),
    second: toSequence(pairs[index], 'textPair', isSplitIntoWords),
  }));
  return { batched, examples };
}

function toList(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  return refuse(name, 'a list with at least one text', value);
}

function toSequence(value: unknown, name: string, isSplitIntoWords: boolean): readonly string[] {
  if (typeof value === 'string') return [value];
  if (!isSplitIntoWords) return refuse(name, 'a string or a list of strings', value);
  if (isListOfStrings(value)) return value;
  return refuse(name, 'a list of words, or a list of such lists, with isSplitIntoWords', value);
}

function isListOfStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}

function refuse(name: string, expected: string, received: unknown): never {
  const shown = Array.isArray(received) ? 'another list' : received === null ? 'null' : typeof received;
  throw new TokenizerError(`${name} must be ${expected}, received ${shown}; pass text only.`, {
    path: name,
    expected,
    received,
  });
}
