import { UsageError } from '../errors';
import type { CliIo } from './cli_io';
import { ExampleReader } from './example_reader';
import { type Input, openInput } from './open_input';
import type { Example } from './predictors/predictor';
import { readLines } from './read_lines';

/** What a command was told about its texts. */
export interface ExampleOptions {
  /** File to read; `-` is standard input. */
  readonly file?: string;
  /** Second text of every example that has none of its own. */
  readonly pair?: string;
}

/** Texts and pairs to work on. */
export interface ExampleSource {
  /** For messages. */
  readonly name: string;
  /** What is read; undefined when the texts stand on the command line. */
  readonly input: Input | undefined;
  /** Examples in groups as they come. */
  readonly groups: AsyncIterable<readonly Example[]>;
  /** Stops reading. */
  close(): void;
}

/**
 * Takes the texts of a command line or, when there are none, opens a file or standard input.
 *
 * @throws {UsageError} when there are texts and a file, or neither, on a terminal.
 * @throws {InputError} when the file cannot be read.
 */
export async function openExamples(
  texts: readonly string[],
  { file, pair }: ExampleOptions,
  io: CliIo,
): Promise<ExampleSource> {
  if (texts.length > 0 && file !== undefined) {
    throw new UsageError('Texts must come from the command line or from --file, received both; leave one out.');
  }
  const input = texts.length > 0 ? undefined : await openInput(file, io);
  return {
    name: input?.name ?? 'the command line',
    input,
    groups: withPair(input === undefined ? wordsAsExamples(texts) : readExamples(input), pair),
    close: () => input?.stream.destroy(),
  };
}

async function* wordsAsExamples(texts: readonly string[]): AsyncGenerator<Example[]> {
  yield texts.map((text) => ({ text }));
}

async function* readExamples({ name, stream }: Input): AsyncGenerator<Example[]> {
  const reader = new ExampleReader(name);
  for await (const lines of readLines(stream)) yield reader.read(lines);
}

async function* withPair(
  groups: AsyncIterable<readonly Example[]>,
  textPair: string | undefined,
): AsyncGenerator<readonly Example[]> {
  for await (const group of groups) {
    yield textPair === undefined ? group : group.map((example) => ({ textPair, ...example }));
  }
}
