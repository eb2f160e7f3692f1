import { matMul } from './mat_mul';
import { inPanels, packPanels, packTransposed } from './pack';
import { softmaxRow } from './softmax';

/** Queries, and keys, computed at a time: few, whose scores and products with distances stay in the nearest cache. */
const BLOCK: i32 = 8;

/** Columns of distances that a block of rows needs beside `length` others, in whole panels wherever they begin. */
function bandColumns(length: i32): i32 {
  return inPanels(length + BLOCK + 7);
}

/**
 * Bytes of working memory that {@link attend} needs for a text; more than can be addressed for a very long one.
 *
 * @param queries most of them in a call.
 */
export function attendScratchBytes(length: i32, headSize: i32, queries: i32): f64 {
  const keyBlocks = (length + BLOCK - 1) / BLOCK;
  const columns = <f64>inPanels(length);
  const bandWidth = <f64>bandColumns(length);
  const keyBandWidth = <f64>bandColumns(queries);
  const numbers =
    columns * <f64>headSize +
    <f64>length * <f64>inPanels(headSize) +
    <f64>BLOCK * columns +
    <f64>BLOCK * bandWidth +
    <f64>(keyBlocks * BLOCK) * keyBandWidth;
  return 4 * numbers + 64;
}

/**
 * Disentangled attention of some queries of one text and head, in one pass over each block of queries.
 *
 * A score is query · key, plus query · (key of their distance), plus key · (query of their distance). The second and
 * third are products with the rows of all distances that a block needs, in order, read along diagonals.
 *
 * @param query the head's columns of the text's first row, scaled; rows `queryStride` numbers apart.
 * @param key, value the same of keys and values; rows `stride` numbers apart.
 * @param positionKeys rows of distances in panels, those of query − key falling; none where 0.
 * @param positionQueries the same with distances rising, scaled; none where 0.
 * @param center the column of distance 0 in both.
 * @param mask 1 where a query may see a key, rows `maskStride` numbers apart; none where 0. A row that is 0 throughout
 *   gives zeros.
 * @param output the head's columns of the text's first row; rows `outputStride` numbers apart.
 */
export function attend(
  query: usize,
  queryStride: i32,
  key: usize,
  value: usize,
  stride: i32,
  length: i32,
  headSize: i32,
  positionKeys: usize,
  positionQueries: usize,
  center: i32,
  mask: usize,
  maskStride: i32,
  output: usize,
  outputStride: i32,
  firstQuery: i32,
  endQuery: i32,
  scratch: usize,
): void {
  const scoreStride = inPanels(length);
  const keyPanels = scratch;
  const valuePanels = keyPanels + ((<usize>(scoreStride * headSize)) << 2);
  const scores = valuePanels + ((<usize>(length * inPanels(headSize))) << 2);
  const band = scores + ((<usize>(BLOCK * scoreStride)) << 2);
  const keyBand = band + ((<usize>(BLOCK * bandColumns(length))) << 2);
  const rowBytes = (<usize>queryStride) << 2;

  packTransposed(key, stride, headSize, length, keyPanels);
  packPanels(value, stride, length, headSize, valuePanels);
  if (positionQueries !== 0) {
    scoreKeys(key, stride, length, headSize, positionQueries, center, firstQuery, endQuery, keyBand);
  }
  for (let first = firstQuery; first < endQuery; first += BLOCK) {
    const rows = min(BLOCK, endQuery - first);
    const queries = query + <usize>first * rowBytes;
    matMul(queries, queryStride, keyPanels, scores, scoreStride, rows, headSize, length);
    if (positionQueries !== 0) {
      addKeyBand(scores, scoreStride, keyBand, length, center, first - firstQuery, firstQuery, endQuery, rows);
    }
    let bandStart: usize = 0;
    let bandStride: i32 = 0;
    if (positionKeys !== 0) {
      const lowest = (center - first - rows + 1) & ~7;
      const columns = inPanels(center - first + length - lowest);
      bandStride = columns;
      bandStart = band + ((<usize>(center - first - lowest)) << 2);
      const panels = positionKeys + ((<usize>lowest * <usize>headSize) << 2);
      matMul(queries, queryStride, panels, band, bandStride, rows, headSize, columns);
    }
    for (let row = 0; row < rows; row++) {
      const scoreRow = scores + ((<usize>(row * scoreStride)) << 2);
      const bandRow: usize = bandStart === 0 ? 0 : bandStart + ((<usize>(row * (bandStride - 1))) << 2);
      const maskRow: usize = mask === 0 ? 0 : mask + ((<usize>(first + row) * <usize>maskStride) << 2);
      softmaxRow(scoreRow, bandRow, maskRow, scoreRow, length);
    }
    const target = output + ((<usize>first * <usize>outputStride) << 2);
    matMul(scores, scoreStride, valuePanels, target, outputStride, rows, length, headSize);
  }
}

/** The first column of distances that a block of keys needs for the queries, in whole panels. */
function lowestColumn(center: i32, firstQuery: i32, firstKey: i32, keys: i32): i32 {
  return (center + firstQuery - (firstKey + keys - 1)) & ~7;
}

/** Products of each block of keys with the distances at which the queries are. */
function scoreKeys(
  key: usize,
  stride: i32,
  length: i32,
  headSize: i32,
  positions: usize,
  center: i32,
  firstQuery: i32,
  endQuery: i32,
  keyBand: usize,
): void {
  const bandStride = bandColumns(endQuery - firstQuery);
  for (let first = 0; first < length; first += BLOCK) {
    const rows = min(BLOCK, length - first);
    const lowest = lowestColumn(center, firstQuery, first, rows);
    const columns = inPanels(center + endQuery - first - lowest);
    const keys = key + ((<usize>first * <usize>stride) << 2);
    const target = keyBand + ((<usize>(first * bandStride)) << 2);
    matMul(
      keys,
      stride,
      positions + ((<usize>lowest * <usize>headSize) << 2),
      target,
      bandStride,
      rows,
      headSize,
      columns,
    );
  }
}

/** Adds to a block of scores what each key has for each query's distance: diagonals, turned from rows of keys. */
function addKeyBand(
  scores: usize,
  scoreStride: i32,
  keyBand: usize,
  length: i32,
  center: i32,
  offset: i32,
  firstQuery: i32,
  endQuery: i32,
  rows: i32,
): void {
  const bandStride = bandColumns(endQuery - firstQuery);
  const diagonal = (<usize>(bandStride - 1)) << 2;
  const scoreBytes = (<usize>scoreStride) << 2;
  for (let firstKey = 0; firstKey < length; firstKey += BLOCK) {
    const keys = min(BLOCK, length - firstKey);
    const lowest = lowestColumn(center, firstQuery, firstKey, keys);
    // Where the first query of this block meets the first key.
    const start = keyBand + ((<usize>(firstKey * bandStride + center + firstQuery + offset - firstKey - lowest)) << 2);
    for (let row = 0; row < rows; row += 4) {
      const rowsLeft = rows - row;
      let source = start + ((<usize>row) << 2);
      let target = scores + ((<usize>(row * scoreStride + firstKey)) << 2);
      let at = 0;
      for (; at + 4 <= keys; at += 4) {
        const a = v128.load(source);
        const b = v128.load(source + diagonal);
        const c = v128.load(source + 2 * diagonal);
        const d = v128.load(source + 3 * diagonal);
        const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
        const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
        addTo(target, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
        if (rowsLeft > 1) addTo(target + scoreBytes, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7));
        if (rowsLeft > 2) {
          const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
          const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
          addTo(target + 2 * scoreBytes, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
          if (rowsLeft > 3) addTo(target + 3 * scoreBytes, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
        }
        source += 4 * diagonal;
        target += 16;
      }
      for (; at < keys; at++) {
        for (let t = 0; t < min(4, rowsLeft); t++) {
          const score = target + <usize>t * scoreBytes;
          store<f32>(score, load<f32>(score) + load<f32>(source + ((<usize>t) << 2)));
        }
        source += diagonal;
        target += 4;
      }
    }
  }
}

function addTo(target: usize, x: v128): void {
  v128.store(target, f32x4.add(v128.load(target), x));
}
