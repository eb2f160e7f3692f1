import { type Arena, describeKernels, type Matrix, product, randomRows, transposed } from './arena';

/** Distances reach so far in the tables, more than any text here is long. */
const CENTER = 136;
const HEADS = 2;

interface Terms {
  readonly keys: boolean;
  readonly queries: boolean;
  readonly mask: boolean;
}

const TERMS = Array.from({ length: 8 }, (_, bits): [string, Terms] => {
  const terms = { keys: (bits & 1) > 0, queries: (bits & 2) > 0, mask: (bits & 4) > 0 };
  const names = Object.entries(terms).flatMap(([name, isThere]) => (isThere ? [name] : []));
  return [names.join(', ') || 'nothing', terms];
});

/** What a head's attention reads: rows of queries, keys and values, and of distances from −CENTER up. */
interface Head {
  readonly query: number[][];
  readonly key: number[][];
  readonly value: number[][];
  readonly positionKeys: number[][];
  readonly positionQueries: number[][];
  readonly mask: number[][];
}

function randomHead(length: number, headSize: number): Head {
  const distances = (seed: number) => randomRows(2 * CENTER, headSize, seed);
  return {
    query: randomRows(length, headSize, 1),
    key: randomRows(length, headSize, 2),
    value: randomRows(length, headSize, 3),
    positionKeys: distances(4),
    positionQueries: distances(5),
    // Every third pair is masked, and all of the second query's.
    mask: Array.from({ length }, (_, i) => Array.from({ length }, (_, j) => Number(i !== 1 && (i + 2 * j) % 3 !== 0))),
  };
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, index) => sum + x * b[index]!, 0);

/** Contexts in double precision. */
function contexts(head: Head, { keys, queries, mask }: Terms): number[][] {
  const probabilities = head.query.map((query, i) => {
    const scores = head.key.map((key, j) => {
      const ofKeys = keys ? dot(query, head.positionKeys[CENTER + i - j]!) : 0;
      return dot(query, key) + ofKeys + (queries ? dot(key, head.positionQueries[CENTER + i - j]!) : 0);
    });
    const isSeen = (j: number) => !mask || head.mask[i]![j] === 1;
    const highest = Math.max(...scores.filter((_, j) => isSeen(j)));
    const powers = scores.map((score, j) => (isSeen(j) ? Math.exp(score - highest) : 0));
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => (sum === 0 ? 0 : power / sum));
  });
  return product(probabilities, head.value);
}

/** A head between others, as projections have it: a matrix of queries, keys and values of all heads, and where its own are. */
function layOut(arena: Arena, { query, key, value }: Head): { projections: Matrix; offset: number; width: number } {
  const headSize = query[0]!.length;
  const width = HEADS * headSize;
  const foreign = randomRows(query.length, headSize, 9);
  const rows = query.map((row, i) => [row, key[i]!, value[i]!].flatMap((own) => [...foreign[i]!, ...own]));
  return { projections: arena.matrix(rows, 3 * width + 1), offset: headSize, width };
}

function panels(arena: Arena, rows: number[][]): number {
  const matrix = arena.matrix(transposed(rows));
  const packed = arena.room(1, matrix.rows * matrix.columns);
  arena.kernels.packPanels(matrix.address, matrix.stride, matrix.rows, matrix.columns, packed.address);
  return packed.address;
}

/** Attention by the kernel, its queries in parts that end before these. */
function attended(arena: Arena, head: Head, { keys, queries, mask }: Terms, ends: readonly number[]): number[][] {
  const length = head.query.length;
  const headSize = head.query[0]!.length;
  const { projections, offset, width } = layOut(arena, head);
  // Columns of distances: those of query − key falling for keys, rising for queries.
  const positionKeys = keys ? panels(arena, fallingDistances(head.positionKeys)) : 0;
  const positionQueries = queries ? panels(arena, head.positionQueries) : 0;
  const allowed = mask ? arena.matrix(head.mask, length + 2) : undefined;
  const output = arena.room(length, headSize, width + 3);
  const scratch = arena.bytes(arena.kernels.attendScratchBytes(length, headSize, length));
  const at = (part: number) => projections.address + 4 * (part * width + offset);
  arena.run([output, scratch], (kernels) => {
    for (const [part, end] of ends.entries()) {
      kernels.attend(
        ...([
          at(0),
          projections.stride,
          at(1),
          at(2),
          projections.stride,
          length,
          headSize,
          positionKeys,
          positionQueries,
          CENTER,
        ] as const),
        ...([allowed?.address ?? 0, allowed?.stride ?? 0, output.address, output.stride] as const),
        ...([part === 0 ? 0 : ends[part - 1]!, end, scratch.address] as const),
      );
    }
  });
  return arena.read(output);
}

/** Rows by distance from CENTER down to 1 − CENTER. */
function fallingDistances(rows: number[][]): number[][] {
  return Array.from({ length: 2 * CENTER }, (_, column) => rows[2 * CENTER - column] ?? rows[0]!.map(() => Number.NaN));
}

describeKernels('attend', (arena) => {
  describe.each(TERMS)('with %s', (_names, terms) => {
    test.each([
      [1, 4],
      [2, 3],
      [3, 8],
      [5, 1],
      [8, 5],
      [31, 7],
      [32, 8],
      [33, 9],
      [70, 16],
    ])('%i tokens, head size %i: what double precision gives', (length, headSize) => {
      const head = randomHead(length, headSize);
      expect(attended(arena, head, terms, [length])).toBeCloseToTensor(contexts(head, terms), 2e-6);
    });

    test.each([[[33, 67, 97]], [[1, 2, 97]], [[50, 51, 96, 97]]])('queries in parts that end at %j', (ends) => {
      const head = randomHead(97, 5);
      expect(attended(arena, head, terms, ends)).toBeCloseToTensor(contexts(head, terms), 2e-6);
    });
  });

  test('scores far apart neither overflow nor drown the others', () => {
    const head = randomHead(9, 4);
    const far = { ...head, query: head.query.map((row) => row.map((x) => 200 * x)) };
    const all = { keys: true, queries: true, mask: true };
    // A float32 score of some hundreds is off by some 1e-5, and so is its power.
    expect(attended(arena, far, all, [9])).toBeCloseToTensor(contexts(far, all), 2e-4);
  });

  test('working memory is told rightly where it is more than can be addressed', () => {
    expect(arena.kernels.attendScratchBytes(40_000, 64, 40_000)).toBeGreaterThan(4 * 40_000 ** 2);
    expect(arena.kernels.attendScratchBytes(100_000, 64, 100_000)).toBeGreaterThan(4 * 100_000 ** 2);
  });

  test('working memory of some queries grows with the length of the text, not with its square', () => {
    const [half, whole] = [20_000, 40_000].map((length) => arena.kernels.attendScratchBytes(length, 64, 128));
    expect(whole! / half!).toBeCloseTo(2, 2);
  });
});
