import { DebertaError } from '../../../src/errors';

/**
 * What a function does with input that may be damaged: its result, or `undefined` where it refuses by a DebertaError of
 * one line.
 *
 * @throws whatever else the function throws, which no input may make it do.
 */
export function outcome<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    checkRefusal(error);
    return undefined;
  }
}

/** {@link outcome} of an asynchronous function. */
export async function asyncOutcome<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    checkRefusal(error);
    return undefined;
  }
}

function checkRefusal(error: unknown): void {
  if (!(error instanceof DebertaError)) throw error;
  if (error.message.includes('\n') || error.message.length > LONGEST_MESSAGE) {
    throw new Error(`A refusal must be one readable sentence, received ${error.message.slice(0, 2000)}`);
  }
}

/** A message must not repeat what a hostile file holds. */
const LONGEST_MESSAGE = 1000;
