import { memoryInTurns, type TakeMemory } from '../files/memory';
import type { WeightSpec } from './weight_names';
import type { WeightSource } from './write_job';

/**
 * Takes that a piece is good for: a piece takes two at most, and four are under way: the one that is written, the one
 * that waits for that, the one that is read, and one that was begun for a weight that was not asked for after all.
 */
const TURNS = 8;

/** A weight of which the first piece is on its way. */
interface Begun {
  readonly spec: WeightSpec;
  readonly pieces: AsyncGenerator<Float32Array>;
  readonly first: Promise<IteratorResult<Float32Array>>;
}

/**
 * A source of weights that reads the next piece while the caller has the last, over the ends of weights too: reading,
 * turning and writing then go on side by side.
 *
 * A piece is good until the piece after the next is asked for.
 *
 * @param specs in the order in which they will be asked for; another order is right too, and slower.
 * @param read makes the pieces of a weight, in memory from `take`, two takes at most for each.
 */
export function readAhead(
  specs: readonly WeightSpec[],
  read: (spec: WeightSpec, take: TakeMemory) => AsyncGenerator<Float32Array>,
): WeightSource {
  const take = memoryInTurns(TURNS);
  const following = new Map(specs.map((spec, index) => [spec, specs[index + 1]]));
  let begun: Begun | undefined;

  const begin = (spec: WeightSpec): Begun => {
    const pieces = read(spec, take);
    return { spec, pieces, first: quietly(pieces.next()) };
  };
  const takeUp = async (spec: WeightSpec): Promise<Begun> => {
    const waiting = begun;
    begun = undefined;
    if (waiting?.spec === spec) return waiting;
    // What it is read into is about to be used for something else.
    await waiting?.first.catch(() => {});
    return begin(spec);
  };

  return async function* (spec) {
    const { pieces, first } = await takeUp(spec);
    const next = following.get(spec);
    for (let piece = await first; !piece.done; ) {
      const coming = quietly(
        pieces.next().then((result) => {
          if (result.done && next !== undefined) begun = begin(next);
          return result;
        }),
      );
      yield piece.value;
      piece = await coming;
    }
  };
}

/** A promise that someone will wait for later, and whose failure is not unhandled until then. */
function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
