import { median, type Rounds } from '../statistics';
import type { Racer } from './racer';
import { largestDifference, tokensOf, type Workload } from './workload';

/** Calls of one participant in a row; the first is not counted, since it follows another participant's threads. */
const BLOCK = 3;
/** A call longer than this is a block by itself and counts: what others left behind no longer matters to it. */
const LONG_MS = 1000;
/** A participant whose block takes longer than this has one round only. */
const VERY_LONG_MS = 6000;

/** How long a race takes. */
export interface RaceOptions {
  /** Time of each participant for each workload. */
  readonly seconds: number;
  /** Rounds at least, but for participants that take very long. */
  readonly rounds: number;
  /** A participant whose call is expected to take longer than this is left out, in seconds. */
  readonly maxSeconds: number;
}

/** What a participant needed for a workload. */
export interface Result {
  readonly rounds: Rounds;
  /** From the outputs of the first participant, tokens only. */
  readonly difference: number;
  /** Whether a program compiled for the shapes computed it. */
  readonly isCompiled: boolean;
}

/** Participants of one model that compute the same inputs by turns, the first being the reference. */
export class Race {
  readonly #racers: readonly Racer[];
  readonly #options: RaceOptions;
  /** Milliseconds a token that each participant needed last, from which the time of a call is foreseen. */
  readonly #speeds = new Map<string, number>();

  constructor(racers: readonly Racer[], options: RaceOptions) {
    this.#racers = racers;
    this.#options = options;
  }

  /**
   * Times a workload.
   *
   * @returns results by the names of the participants; those left out are absent.
   * @throws {Error} when two outputs differ so much that the comparison would mean nothing.
   */
  async run(workload: Workload): Promise<ReadonlyMap<string, Result>> {
    const expected = (name: string) => (this.#speeds.get(name) ?? 0) * tokensOf(workload);
    const racing = this.#racers.filter(({ name }) => expected(name) <= 1000 * this.#options.maxSeconds);
    const prepared = await prepare(racing, workload);
    const rounds = await this.#takeTurns(racing, workload);
    for (const [name, times] of rounds) this.#speeds.set(name, median(times.flat()) / tokensOf(workload));
    return new Map([...rounds].map(([name, times]) => [name, { ...prepared.get(name)!, rounds: times }]));
  }

  async #takeTurns(racing: readonly Racer[], workload: Workload): Promise<Map<string, number[][]>> {
    const times = new Map<string, number[][]>(racing.map(({ name }) => [name, []]));
    const spent = new Map<string, number[]>(racing.map(({ name }) => [name, []]));
    const goesOn = ({ name }: Racer) => this.#goesOn(spent.get(name)!);
    while (racing.some(goesOn)) {
      for (const [index, participant] of racing.entries()) {
        // The reference is there in every round, for the others to be compared with.
        if (index > 0 && !goesOn(participant)) continue;
        const block = await runBlock(participant, workload);
        times.get(participant.name)!.push(block.counted);
        spent.get(participant.name)!.push(block.total);
      }
    }
    return times;
  }

  /** @param blocks milliseconds of each so far. */
  #goesOn(blocks: readonly number[]): boolean {
    const { seconds, rounds } = this.#options;
    const sum = blocks.reduce((total, block) => total + block, 0);
    return sum < 1000 * seconds || (blocks.length < rounds && blocks.every((block) => block < VERY_LONG_MS));
  }
}

async function runBlock(participant: Racer, workload: Workload): Promise<{ counted: number[]; total: number }> {
  const calls = [await participant.call(workload)];
  while (calls[0]! < LONG_MS && calls.length < BLOCK) calls.push(await participant.call(workload));
  return {
    counted: calls.length === 1 ? calls : calls.slice(1),
    total: calls.reduce((sum, call) => sum + call, 0),
  };
}

/** What is known of a participant before it is timed. */
type Prepared = Pick<Result, 'difference' | 'isCompiled'>;

async function prepare(racing: readonly Racer[], workload: Workload): Promise<Map<string, Prepared>> {
  const prepared = new Map<string, Prepared>();
  let expected: Float32Array | undefined;
  for (const racer of racing) {
    await racer.prepare(workload);
    const isCompiled = await racer.warmUp(workload);
    const values = await racer.results(workload);
    expected ??= values;
    prepared.set(racer.name, { difference: requireSame(racer, workload, values, expected), isCompiled });
  }
  return prepared;
}

function requireSame(
  { name, tolerance }: Racer,
  workload: Workload,
  values: Float32Array,
  expected: Float32Array,
): number {
  const difference = largestDifference(workload, values, expected);
  if (difference <= tolerance) return difference;
  throw new Error(
    `${name} must agree with the reference within ${tolerance} on ${workload.name} and differs by ${difference}; make the models again (remove bench/.cache/predict).`,
  );
}
