import { convolutionRows, tileSize } from '../../src/kernels/kernel_plan';
import fc from '../harness/fast_check';

const sizes = fc.record({
  rows: fc.integer({ min: 1, max: 5000 }),
  inner: fc.integer({ min: 1, max: 5000 }),
  columns: fc.integer({ min: 1, max: 5000 }),
  threads: fc.integer({ min: 1, max: 16 }),
});

/** `[rows, inner, columns, threads, tile]` of products that occur. */
const TILES: ReadonlyArray<readonly [number, number, number, number, { rows: number; columns: number }]> = [
  [1, 1, 1, 1, { rows: 1, columns: 8 }],
  [1, 1, 1, 8, { rows: 1, columns: 8 }],
  [16, 384, 384, 1, { rows: 16, columns: 384 }],
  [16, 384, 384, 2, { rows: 16, columns: 64 }],
  [128, 384, 1152, 1, { rows: 64, columns: 168 }],
  [128, 384, 1152, 2, { rows: 64, columns: 168 }],
  [128, 384, 1152, 16, { rows: 32, columns: 72 }],
  [512, 3072, 768, 1, { rows: 88, columns: 32 }],
  [1024, 768, 768, 2, { rows: 96, columns: 88 }],
];

describe('tileSize', () => {
  test.each(TILES)(
    'of %i rows, %i numbers deep, and %i columns for %i threads',
    (rows, inner, columns, threads, expected) => {
      expect(tileSize(rows, { inner, columns, precision: 'float32' }, threads)).toEqual(expected);
    },
  );

  test('covers every row and column once, in whole panels, by rows that a product passes over together', () => {
    fc.assert(
      fc.property(sizes, ({ rows, inner, columns, threads }) => {
        const tile = tileSize(rows, { inner, columns, precision: 'float32' }, threads);
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
      fc.property(sizes, ({ rows, inner, columns, threads }) => {
        const tile = tileSize(rows, { inner, columns, precision: 'float32' }, threads);
        const tiles = Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns);
        // Those that are worth a thread: 32 rows by 64 columns; a tile may be rounded up to twice that.
        const worthwhile = Math.ceil(rows / 64) * Math.ceil(columns / 128);
        expect(tiles).toBeGreaterThanOrEqual(Math.min(threads, worthwhile));
      }),
      { numRuns: 2000 },
    );
  });

  test.each(['float16', 'int8'] as const)('%s has no more tiles than threads want', (precision) => {
    expect(tileSize(512, { inner: 3072, columns: 768, precision }, 1)).toEqual({ rows: 88, columns: 768 });
  });

  test('rows are shared evenly among tiles', () => {
    expect([convolutionRows(5, 1), convolutionRows(500, 1), convolutionRows(500, 4)]).toEqual([5, 84, 32]);
  });
});
