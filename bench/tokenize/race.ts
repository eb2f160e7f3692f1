import type { LineProcess } from '../line_process';
import type { Rounds } from '../statistics';
import type { Timed } from './protocol';
import { SLICES } from './slices';
import type { Abilities, Form, Output } from './tokenizer';

/** A participant that has loaded its vocabulary. */
export interface Racer {
  readonly name: string;
  readonly process: LineProcess;
  readonly abilities: Abilities;
}

/** What a participant needed. */
export interface Result {
  /** Nanoseconds for each byte, a round with one call in it each. */
  readonly rounds: Rounds;
}

/** Most rounds in which every line is new. */
export const MOST_ROUNDS = SLICES - 1;

/**
 * Has participants encode slice after slice by turns, each slice by all of them before the next one.
 *
 * Another one begins in each round; a first slice, which warms up, is not counted.
 *
 * @returns results by the names of those that have such a call.
 */
export async function race(
  racers: readonly Racer[],
  form: Form,
  output: Output,
  rounds: number,
): Promise<ReadonlyMap<string, Result>> {
  const racing = racers.filter(({ abilities }) => abilities[form].includes(output));
  const times = new Map<string, number[][]>(racing.map(({ name }) => [name, []]));
  for (let slice = 0; slice <= rounds; slice++) {
    for (let turn = 0; turn < racing.length; turn++) {
      const { name, process } = racing[(slice + turn) % racing.length]!;
      const { milliseconds, bytes } = await process.ask<Timed>({ do: 'encode', slice, form, output });
      if (slice > 0) times.get(name)!.push([(1e6 * milliseconds) / bytes]);
    }
  }
  return new Map([...times].map(([name, measured]) => [name, { rounds: measured }]));
}
