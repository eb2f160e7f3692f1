import type { Address } from './kernel_exports';

/** How a matrix of weights is kept. */
export const PRECISIONS = ['float32', 'float16', 'int8'] as const;

/** One of `float32`, `float16` and `int8`. */
export type Precision = (typeof PRECISIONS)[number];

/** Columns `K` by rows `N` of weights in panels, see assembly/pack.ts. */
export interface PackedMatrix {
  readonly panels: Address;
  /** A scale for each column; 0 but for int8. */
  readonly scales: Address;
  readonly precision: Precision;
  readonly inner: number;
  readonly columns: number;
}

/** `activation(input · weights + bias)`. */
export interface ProjectPhase {
  readonly input: Address;
  readonly output: Address;
  readonly weights: PackedMatrix;
  readonly rows: number;
  readonly bias: Address;
  readonly activation: number;
}

/** `scale · LN(x + bias + residual)`; see assembly/layer_norm.ts. */
export interface AddNormPhase {
  readonly x: Address;
  readonly output: Address;
  readonly bias: Address;
  readonly residual: Address;
  readonly gamma: Address;
  readonly beta: Address;
  readonly epsilon: number;
  readonly rowScales: Address;
  readonly rows: number;
  readonly columns: number;
}

/** `x[i] += table[indices[i]]`. */
export interface AddRowsPhase {
  readonly x: Address;
  readonly table: Address;
  readonly indices: Address;
  readonly rows: number;
  readonly columns: number;
}

/** Attention of all heads. */
export interface AttendPhase {
  readonly queries: Address;
  /** Numbers between the queries of two rows. */
  readonly queryStride: number;
  /** Keys, with the values behind them in each row. */
  readonly keys: Address;
  readonly keyStride: number;
  /** Records of {@link TILE_WORDS}. */
  readonly tiles: Address;
  readonly tileCount: number;
  readonly heads: number;
  readonly headSize: number;
  readonly positionKeys: Address;
  readonly positionQueries: Address;
  readonly positionColumns: number;
  readonly center: number;
  readonly output: Address;
}

/** `activation(scale · (conv(input) + bias))`. */
export interface ConvolvePhase {
  readonly input: Address;
  readonly panels: Address;
  readonly output: Address;
  readonly rows: number;
  readonly channels: number;
  readonly kernelSize: number;
  readonly groups: number;
  readonly starts: Address;
  readonly ends: Address;
  readonly bias: Address;
  readonly rowScales: Address;
  readonly activation: number;
}

/** `y[i] = x[indices[i]]`. */
export interface PickRowsPhase {
  readonly x: Address;
  readonly indices: Address;
  readonly output: Address;
  readonly rows: number;
  readonly columns: number;
}

/** Words of a tile of attention: first row, length, head, first query, end of queries, mask, its stride, nothing. */
export const TILE_WORDS = 8;

/** Words of a phase, of which the first four are its kind, its tiles, and how many are taken and done. */
const PHASE_WORDS = 32;
/** Words of the control block, see assembly/work.ts. */
export const CONTROL = {
  open: 0,
  active: 1,
  failed: 2,
  tickets: 3,
  phases: 4,
  plan: 5,
  scratch: 6,
  scratchBytes: 7,
  threads: 8,
  answer: 9,
  words: 16,
} as const;

const KINDS = { project: 1, addNorm: 2, addRows: 3, attend: 4, convolve: 5, pickRows: 6 } as const;

/** Rows that a tile has at most, which are those that a product passes over at a time; see assembly/mat_mul.ts. */
const MOST_ROWS = 96;
/** Rows below which a tile reads more weights than it is worth. */
const LEAST_ROWS = 32;
/** Columns below which a tile is not worth a thread's while. */
const LEAST_COLUMNS = 64;
/** Weights of a tile where several tiles of rows use them: a quarter of a megabyte as float32, half of a small cache. */
const CACHED_WEIGHTS = 65536;
/** Columns below which a tile reads more rows than it is worth. */
const LEAST_CACHED_COLUMNS = 32;
/** Tiles for each thread, so that one that is held up does not hold up the others. */
const TILES_PER_THREAD = 4;

/** How a product is cut into tiles. */
export interface TileSize {
  readonly rows: number;
  readonly columns: number;
}

/**
 * Tiles of a product that keep so many threads busy, and whose weights stay in a core's cache for the rows that follow.
 *
 * Weights in fewer bits are small as they are, and each tile has its rows, or its weights, to convert.
 */
export function tileSize(
  rows: number,
  { inner, columns, precision }: Pick<PackedMatrix, 'inner' | 'columns' | 'precision'>,
  threads: number,
): TileSize {
  const wanted = wantedTiles(threads);
  const mostColumnTiles = Math.ceil(columns / LEAST_COLUMNS);
  const rowsOfTile = rowsIn(Math.ceil(wanted / mostColumnTiles), rows);
  const rowTiles = Math.ceil(rows / rowsOfTile);
  const forThreads = Math.min(Math.ceil(wanted / rowTiles), mostColumnTiles);
  const isCached = rowTiles > 1 && precision === 'float32';
  const forCache = isCached ? Math.ceil(columns / Math.max(LEAST_CACHED_COLUMNS, CACHED_WEIGHTS / inner)) : 1;
  return { rows: rowsOfTile, columns: multiple(columns / Math.max(forThreads, forCache), 8) };
}

/** Rows of a tile of a convolution. */
export function convolutionRows(rows: number, threads: number): number {
  return rowsIn(wantedTiles(threads), rows);
}

/** Rows of a tile where so many tiles would do; never more than a product passes over at a time, nor too few to be worth it. */
function rowsIn(tiles: number, rows: number): number {
  const most = multiple(rows / Math.ceil(rows / MOST_ROWS), 4);
  return Math.min(rows, most, Math.max(LEAST_ROWS, multiple(rows / tiles, 4)));
}

function wantedTiles(threads: number): number {
  return threads === 1 ? 1 : TILES_PER_THREAD * threads;
}

/** The least multiple of a step that is not below a number. */
function multiple(least: number, step: number): number {
  return Math.ceil(least / step) * step;
}

/** Writes down what the kernels shall do, phase by phase, in the words that assembly/work.ts reads. */
export class KernelPlan {
  readonly #words: number[] = [];
  readonly #floats: Array<readonly [index: number, value: number]> = [];
  readonly #threads: number;
  /** Rows of a tile and weights of each product. */
  readonly #products: Array<{ readonly rows: number; readonly weights: PackedMatrix }> = [];

  constructor(threads: number) {
    this.#threads = threads;
  }

  get phases(): number {
    return this.#words.length / PHASE_WORDS;
  }

  /** Bytes of the plan. */
  get bytes(): number {
    return 4 * this.#words.length;
  }

  /** What each product has to work on at a time, for its working memory. */
  get products(): ReadonlyArray<{ readonly rows: number; readonly weights: PackedMatrix }> {
    return this.#products;
  }

  /** Copies the plan to its place, from where it can be run once. */
  write(words: Int32Array, floats: Float32Array): void {
    words.set(this.#words);
    for (const [index, value] of this.#floats) floats[index] = value;
  }

  project({ input, output, weights, rows, bias, activation }: ProjectPhase): void {
    const { inner, columns, precision, panels, scales } = weights;
    const tile = tileSize(rows, weights, this.#threads);
    this.#products.push({ rows: tile.rows, weights });
    const tiles = Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns);
    const code = PRECISIONS.indexOf(precision);
    this.#phase(KINDS.project, tiles, [
      ...[input, panels, scales, output, rows, inner, columns, tile.rows, tile.columns, code, bias, activation],
    ]);
  }

  addNorm({ x, output, bias, residual, gamma, beta, epsilon, rowScales, rows, columns }: AddNormPhase): void {
    const rowsOfTile = this.#rowsOfTile(rows);
    const start = this.#words.length;
    const tiles = Math.ceil(rows / rowsOfTile);
    this.#phase(KINDS.addNorm, tiles, [
      ...[x, output, bias, residual, gamma, beta, 0, rowScales, rows, columns, rowsOfTile],
    ]);
    this.#floats.push([start + 10, epsilon]);
  }

  addRows({ x, table, indices, rows, columns }: AddRowsPhase): void {
    const rowsOfTile = this.#rowsOfTile(rows);
    this.#phase(KINDS.addRows, Math.ceil(rows / rowsOfTile), [x, table, indices, rows, columns, rowsOfTile]);
  }

  attend(phase: AttendPhase): void {
    const {
      queries,
      queryStride,
      keys,
      keyStride,
      tiles,
      tileCount,
      heads,
      headSize,
      positionKeys,
      positionQueries,
      output,
    } = phase;
    this.#phase(KINDS.attend, tileCount, [
      ...[queries, tiles, heads, headSize, positionKeys, positionQueries, phase.positionColumns, phase.center],
      ...[output, queryStride, keys, keyStride],
    ]);
  }

  convolve(phase: ConvolvePhase): void {
    const { input, panels, output, rows, channels, kernelSize, groups, starts, ends, bias, rowScales } = phase;
    const rowsOfTile = convolutionRows(rows, this.#threads);
    this.#phase(KINDS.convolve, Math.ceil(rows / rowsOfTile), [
      ...[input, panels, output, rows, channels, kernelSize, groups, starts, ends, rowsOfTile, bias, rowScales],
      phase.activation,
    ]);
  }

  pickRows({ x, indices, output, rows, columns }: PickRowsPhase): void {
    this.#phase(KINDS.pickRows, 1, [x, indices, output, rows, columns]);
  }

  #rowsOfTile(rows: number): number {
    return Math.max(1, Math.min(64, Math.ceil(rows / (TILES_PER_THREAD * this.#threads))));
  }

  #phase(kind: number, tiles: number, words: readonly number[]): void {
    const phase = [kind, tiles, 0, 0, ...words];
    this.#words.push(...phase, ...new Array<number>(PHASE_WORDS - phase.length).fill(0));
  }
}
