import { readAhead } from '../../src/convert/read_ahead';
import { type WeightSpec, weightSpecs } from '../../src/convert/weight_names';
import type { TakeMemory } from '../../src/files/memory';
import { smallConfig } from './support';

const specs = weightSpecs(smallConfig, 'TFDebertaV2Model').slice(0, 4);
const PIECES = 3;

/** Pieces that tell their weight and place, in memory as the reader of a turned matrix takes it. */
function makeReader(began: string[], fails?: WeightSpec) {
  return async function* (spec: WeightSpec, take: TakeMemory): AsyncGenerator<Float32Array> {
    for (let piece = 0; piece < PIECES; piece++) {
      began.push(`${spec.name} ${piece}`);
      if (spec === fails) throw new Error('damaged');
      await new Promise(setImmediate);
      take(8).fill(0xff);
      const values = new Float32Array(take(8).buffer, 0, 2);
      values.set([specs.indexOf(spec), piece]);
      yield values;
    }
  };
}

/** What a writer sees that still writes a piece when the next has come. */
async function readLate(source: ReturnType<typeof readAhead>, order: readonly WeightSpec[]): Promise<number[][]> {
  const seen: number[][] = [];
  let pending: Float32Array | undefined;
  for (const spec of order) {
    for await (const values of source(spec)) {
      await new Promise(setImmediate);
      if (pending !== undefined) seen.push([...pending]);
      pending = values;
    }
  }
  return [...seen, [...pending!]];
}

const expected = (order: readonly WeightSpec[]) =>
  order.flatMap((spec) => Array.from({ length: PIECES }, (_, piece) => [specs.indexOf(spec), piece]));

const [first, second, third, fourth] = specs as [WeightSpec, WeightSpec, WeightSpec, WeightSpec];
const orders: Array<[string, WeightSpec[]]> = [
  ['in order', specs],
  ['each twice, as a writer that measures first', specs.flatMap((spec) => [spec, spec])],
  ['backwards', [...specs].reverse()],
  ['with some left out', [first, third, fourth]],
];
test.each(orders)('every piece is whole while it is written: %s', async (_name, order) => {
  expect(await readLate(readAhead(specs, makeReader([])), order)).toEqual(expected(order));
});

test('the next piece is read before the last is asked to be done with', async () => {
  const began: string[] = [];
  const pieces = readAhead(specs, makeReader(began))(first)[Symbol.asyncIterator]();
  await pieces.next();
  expect(began).toEqual([`${first.name} 0`, `${first.name} 1`]);
  for (let piece = 1; piece < PIECES; piece++) await pieces.next();
  await new Promise(setImmediate);
  expect(began.at(-1)).toBe(`${second.name} 0`);
});

test('a failure reaches whoever asks for that weight, and nobody else', async () => {
  const source = readAhead(specs, makeReader([], second));
  expect(await readLate(source, [first])).toEqual(expected([first]));
  await new Promise(setImmediate);
  await expect(readLate(source, [second])).rejects.toThrow('damaged');
  expect(await readLate(source, [third])).toEqual(expected([third]));
});
