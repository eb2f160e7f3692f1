import { biasActivate } from './activate';
import { attend } from './attend';
import { matMulHalf } from './half';
import { int8PanelBytes, matMulInt8 } from './int8';
import { addNorm } from './layer_norm';
import { matMul } from './mat_mul';
import { inPanels } from './pack';
import { addRows, pickRows, windows } from './rows';

// A plan is a list of phases, each a record of 32-bit words (see kernel_plan.ts, which writes them). A phase is cut into
// tiles that any thread may take; the next phase begins when all tiles of one are done. So nobody needs to know how many
// threads there are, a thread that comes late or is held up costs only its own time, and one alone does all.

/** Bytes of a phase. */
const RECORD: usize = 128;
/** Words of a phase that all kinds share. */
const KIND: i32 = 0;
const TILES: i32 = 1;
const NEXT: i32 = 2;
const DONE: i32 = 3;

// Words of the control block.
const OPEN: i32 = 0;
const ACTIVE: i32 = 1;
const FAILED: i32 = 2;
const TICKETS: i32 = 3;
const PHASES: i32 = 4;
const PLAN: i32 = 5;
const SCRATCH: i32 = 6;
const SCRATCH_BYTES: i32 = 7;
const THREADS: i32 = 8;

/** How often a thread looks again before it sleeps. */
const LOOKS: i32 = 8000;
/** Nanoseconds of a sleep at most: nobody need be woken for all to go on. */
const SLEEP: i64 = 2000000;

function word(record: usize, index: i32): i32 {
  return load<i32>(record + ((<usize>index) << 2));
}

function at(record: usize, index: i32): usize {
  return <usize>load<u32>(record + ((<usize>index) << 2));
}

function add(record: usize, index: i32, by: i32): i32 {
  const address = record + ((<usize>index) << 2);
  if (ASC_FEATURE_THREADS) return atomic.add<i32>(address, by);
  const before = load<i32>(address);
  store<i32>(address, before + by);
  return before;
}

function look(record: usize, index: i32): i32 {
  const address = record + ((<usize>index) << 2);
  return ASC_FEATURE_THREADS ? atomic.load<i32>(address) : load<i32>(address);
}

function wake(record: usize, index: i32): void {
  if (ASC_FEATURE_THREADS) atomic.notify(record + ((<usize>index) << 2), -1);
}

/** Waits until a word of a record is at least `value`; false where a thread failed meanwhile. */
function waitFor(control: usize, record: usize, index: i32, value: i32, maySleep: bool): bool {
  let looks = 0;
  let seen = look(record, index);
  while (seen < value) {
    if (look(control, FAILED) !== 0) return false;
    if (ASC_FEATURE_THREADS && maySleep && ++looks > LOOKS) {
      atomic.wait<i32>(record + ((<usize>index) << 2), seen, SLEEP);
    }
    seen = look(record, index);
  }
  return true;
}

/**
 * Works on the plan that the control block has open until it is done; returns at once where none is, or enough threads
 * work on it.
 *
 * @param maySleep whether this thread may sleep while it waits, which the main one of a browser may not.
 * @returns whether this thread has taken part.
 */
export function work(control: usize, maySleep: bool): bool {
  let takesPart = false;
  add(control, ACTIVE, 1);
  if (look(control, OPEN) !== 0 && look(control, FAILED) === 0) {
    const ticket = add(control, TICKETS, 1);
    takesPart = ticket < word(control, THREADS);
    if (takesPart) {
      const scratch = at(control, SCRATCH) + <usize>ticket * at(control, SCRATCH_BYTES);
      runPhases(control, scratch, maySleep);
    }
  }
  add(control, ACTIVE, -1);
  return takesPart;
}

function runPhases(control: usize, scratch: usize, maySleep: bool): void {
  const phases = word(control, PHASES);
  let record = at(control, PLAN);
  for (let phase = 0; phase < phases; phase++) {
    const tiles = word(record, TILES);
    while (true) {
      const tile = add(record, NEXT, 1);
      if (tile >= tiles) break;
      runTile(record, tile, scratch);
      if (add(record, DONE, 1) + 1 === tiles) wake(record, DONE);
    }
    if (!waitFor(control, record, DONE, tiles, maySleep)) return;
    record += RECORD;
  }
}

/** Closes the plan and waits for threads that are still in it; false where one of them failed. */
export function close(control: usize): bool {
  if (ASC_FEATURE_THREADS) {
    atomic.store<i32>(control + ((<usize>OPEN) << 2), 0);
    while (atomic.load<i32>(control + ((<usize>ACTIVE) << 2)) > 0) {}
  } else {
    store<i32>(control + ((<usize>OPEN) << 2), 0);
  }
  return look(control, FAILED) === 0;
}

const PROJECT: i32 = 1;
const ADD_NORM: i32 = 2;
const ADD_ROWS: i32 = 3;
const ATTEND: i32 = 4;
const CONVOLVE: i32 = 5;
const PICK_ROWS: i32 = 6;

function runTile(record: usize, tile: i32, scratch: usize): void {
  switch (word(record, KIND)) {
    case PROJECT:
      project(record, tile, scratch);
      return;
    case ADD_NORM:
      addNormTile(record, tile);
      return;
    case ADD_ROWS:
      addRowsTile(record, tile);
      return;
    case ATTEND:
      attendTile(record, tile, scratch);
      return;
    case CONVOLVE:
      convolveTile(record, tile, scratch);
      return;
    case PICK_ROWS:
      pickRows(at(record, 4), at(record, 5), at(record, 6), word(record, 7), word(record, 8));
      return;
    default:
      unreachable();
  }
}

function numbers(address: usize, count: i32): usize {
  return address + ((<usize>count) << 2);
}

const FLOAT16: i32 = 1;
const INT8: i32 = 2;

/** 4 input, 5 panels, 6 scales, 7 output, 8 rows, 9 inner, 10 columns, 11 and 12 of a tile, 13 precision, 14 bias, 15 activation. */
function project(record: usize, tile: i32, scratch: usize): void {
  const inner = word(record, 9);
  const columns = word(record, 10);
  const rowsOfTile = word(record, 11);
  const rowTiles = (word(record, 8) + rowsOfTile - 1) / rowsOfTile;
  const row = (tile % rowTiles) * rowsOfTile;
  const column = (tile / rowTiles) * word(record, 12);
  const rows = min(rowsOfTile, word(record, 8) - row);
  const width = min(word(record, 12), columns - column);
  const input = at(record, 4) + ((<usize>row * <usize>inner) << 2);
  const output = at(record, 7) + ((<usize>row * <usize>columns + <usize>column) << 2);
  const panels = at(record, 5);
  const precision = word(record, 13);
  if (precision === FLOAT16) {
    const part = panels + ((<usize>column * <usize>inner) << 1);
    matMulHalf(input, inner, part, output, columns, rows, inner, width, scratch);
  } else if (precision === INT8) {
    const part = panels + int8PanelBytes(inner, column);
    matMulInt8(input, inner, part, numbers(at(record, 6), column), output, columns, rows, inner, width, scratch);
  } else {
    matMul(input, inner, panels + ((<usize>column * <usize>inner) << 2), output, columns, rows, inner, width);
  }
  const bias = at(record, 14);
  biasActivate(output, columns, bias === 0 ? 0 : numbers(bias, column), rows, width, word(record, 15));
}

/** 4 x, 5 output, 6 bias, 7 residual, 8 gamma, 9 beta, 10 epsilon, 11 row scales, 12 rows, 13 columns, 14 rows of a tile. */
function addNormTile(record: usize, tile: i32): void {
  const columns = word(record, 13);
  const row = tile * word(record, 14);
  const rows = min(word(record, 14), word(record, 12) - row);
  const offset = (<usize>row * <usize>columns) << 2;
  const residual = at(record, 7);
  const scales = at(record, 11);
  addNorm(
    at(record, 4) + offset,
    at(record, 6),
    residual === 0 ? 0 : residual + offset,
    at(record, 8),
    at(record, 9),
    at(record, 5) + offset,
    rows,
    columns,
    load<f32>(record + 40),
    scales === 0 ? 0 : numbers(scales, row),
  );
}

/** 4 x, 5 table, 6 indices, 7 rows, 8 columns, 9 rows of a tile. */
function addRowsTile(record: usize, tile: i32): void {
  const columns = word(record, 8);
  const row = tile * word(record, 9);
  const rows = min(word(record, 9), word(record, 7) - row);
  const x = at(record, 4) + ((<usize>row * <usize>columns) << 2);
  addRows(x, at(record, 5), numbers(at(record, 6), row), rows, columns);
}

/**
 * 4 queries, 5 tiles, 6 heads, 7 head size, 8 position keys, 9 position queries, 10 columns of them, 11 center, 12
 * output, 13 numbers between queries, 14 keys, 15 numbers between keys.
 */
function attendTile(record: usize, tile: i32, scratch: usize): void {
  // Of a tile: first row of the text, its length, head, first query, end of queries, mask, numbers between its rows.
  const texts = at(record, 5) + ((<usize>tile) << 5);
  const headSize = word(record, 7);
  const width = word(record, 6) * headSize;
  const head = word(texts, 2);
  const row = <usize>word(texts, 0);
  const column = <usize>(head * headSize);
  const query = at(record, 4) + ((row * <usize>word(record, 13) + column) << 2);
  const key = at(record, 14) + ((row * <usize>word(record, 15) + column) << 2);
  const output = at(record, 12) + ((row * <usize>width + column) << 2);
  if (word(texts, 1) === 0) {
    // What stands for padding.
    memory.fill(output, 0, (<usize>headSize) << 2);
    return;
  }
  const table = (<usize>head * <usize>word(record, 10) * <usize>headSize) << 2;
  const keys = at(record, 8);
  const queries = at(record, 9);
  attend(
    query,
    word(record, 13),
    key,
    numbers(key, width),
    word(record, 15),
    word(texts, 1),
    headSize,
    keys === 0 ? 0 : keys + table,
    queries === 0 ? 0 : queries + table,
    word(record, 11),
    at(texts, 5),
    word(texts, 6),
    output,
    width,
    word(texts, 3),
    word(texts, 4),
    scratch,
  );
}

/** 4 input, 5 panels, 6 output, 7 rows, 8 channels, 9 kernel size, 10 groups, 11 starts, 12 ends, 13 rows of a tile, 14 bias, 15 row scales. */
function convolveTile(record: usize, tile: i32, scratch: usize): void {
  const channels = word(record, 8);
  const groups = word(record, 10);
  const row = tile * word(record, 13);
  const rows = min(word(record, 13), word(record, 7) - row);
  const width = channels / groups;
  const inner = width * word(record, 9);
  const output = at(record, 6) + ((<usize>row * <usize>channels) << 2);
  let panels = at(record, 5);
  for (let group = 0; group < groups; group++) {
    const input = numbers(at(record, 4), group * width);
    windows(input, channels, at(record, 11), at(record, 12), row, rows, width, word(record, 9), scratch);
    matMul(scratch, inner, panels, numbers(output, group * width), channels, rows, inner, width);
    panels += (<usize>inner * <usize>inPanels(width)) << 2;
  }
  biasActivate(output, channels, at(record, 14), rows, channels, 0);
  addNorm(output, 0, 0, 0, 0, output, rows, channels, 0, at(record, 15) === 0 ? 0 : numbers(at(record, 15), row));
  biasActivate(output, channels, 0, rows, channels, word(record, 16));
}
