import { InputError } from '../errors';
import type { Example } from './predictors/predictor';

/**
 * Turns lines into examples: a text a line, or JSON lines `{"text": …, "text_pair": …}`.
 *
 * The first line that is not blank decides: if it is a JSON object with a `text`, every line must be one.
 */
export class ExampleReader {
  #isJson: boolean | undefined;
  #lines = 0;

  /** @param name of the input, for messages. */
  constructor(private readonly name: string) {}

  /** @throws {InputError} for a line that is not like the first. */
  read(lines: readonly string[]): Example[] {
    return lines.flatMap((line) => {
      this.#lines++;
      const isBlank = line.trim() === '';
      if (!isBlank) this.#isJson ??= toExample(line) !== undefined;
      if (this.#isJson !== true) return [{ text: line }];
      return isBlank ? [] : [this.#require(toExample(line))];
    });
  }

  #require(example: Example | undefined): Example {
    if (example !== undefined) return example;
    throw new InputError(
      `Line ${this.#lines} of ${this.name} must be a JSON object with a string text (and perhaps text_pair), as its first line is; correct that line.`,
      { path: this.name, expected: '{"text": "…"}', received: `line ${this.#lines}` },
    );
  }
}

function toExample(line: string): Example | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const { text, text_pair: textPair } = json as { text?: unknown; text_pair?: unknown };
  if (typeof text !== 'string') return undefined;
  if (textPair === undefined || textPair === null) return { text };
  return typeof textPair === 'string' ? { text, textPair } : undefined;
}
