import { convolutionRows, tileSize } from '../../src/kernels/kernel_plan';
import fc from '../harness/fast_check';

const sizes = fc.record({
  rows: fc.integer({ min: 1, max: 5000 }),
  columns: fc.integer({ min: 1, max: 5000 }),
  threads: fc.integer({ min: 1, max: 16 }),
});

/** `[rows, columns, threads, tile]` of products that occur. */
const TILES: ReadonlyArray<readonly [number, number, number, { rows: number; columns: number }]> = [
  [1, 1, 1, { rows: 1, columns: 1 }],
  [1, 1, 8, { rows: 1, columns: 8 }],
  [16, 384, 1, { rows: 16, columns: 384 }],
  [16, 384, 2, { rows: 16, columns: 64 }],
  [128, 1152, 1, { rows: 96, columns: 1152 }],
  [128, 1152, 2, { rows: 32, columns: 576 }],
  [1024, 768, 2, { rows: 96, columns: 768 }],
];

describe('tileSize', () => {
  test.each(TILES)('of %i rows and %i columns for %i threads', (rows, columns, threads, expected) => {
    expect(tileSize(rows, columns, threads)).toEqual(expected);
  });

  test('covers every row and column once, in whole panels, by rows that a product passes over together', () => {
    fc.assert(
      fc.property(sizes, ({ rows, columns, threads }) => {
        const tile = tileSize(rows, columns, threads);
        const rowTiles = Math.ceil(rows / tile.rows);
        const columnTiles = Math.ceil(columns / tile.columns);
        // Tiles are as many steps of their size: the last of each is neither empty nor beyond.
        expect(rowTiles * tile.rows).toBeGreaterThanOrEqual(rows);
        expect((rowTiles - 1) * tile.rows).toBeLessThan(rows);
        expect((columnTiles - 1) * tile.columns).toBeLessThan(columns);
        // Several columns of tiles begin where a panel does.
        if (columnTiles > 1) expect(tile.columns % 8).toBe(0);
        expect([tile.rows, tile.columns].every(Number.isInteger)).toBe(true);
        expect(tile.rows).toBeLessThanOrEqual(96);
        expect(tile.rows).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });

  test('gives every thread a tile wherever there are rows or columns enough', () => {
    fc.assert(
      fc.property(sizes, ({ rows, columns, threads }) => {
        const tile = tileSize(rows, columns, threads);
        const tiles = Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns);
        // Those that are worth a thread: 32 rows by 64 columns; a tile may be rounded up to twice that.
        const worthwhile = Math.ceil(rows / 64) * Math.ceil(columns / 128);
        expect(tiles).toBeGreaterThanOrEqual(Math.min(threads, worthwhile));
      }),
      { numRuns: 2000 },
    );
  });

  test('rows of a convolution are those of a product', () => {
    expect([convolutionRows(5, 1), convolutionRows(500, 1), convolutionRows(500, 4)]).toEqual([5, 96, 32]);
  });
});
