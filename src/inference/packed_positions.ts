import type { Address } from '../kernels/kernel_exports';
import { aligned, type KernelMemory } from '../kernels/kernel_memory';
import { relativeRow } from '../ops/relative_positions';
import type { PositionTables } from './position_tables';
import type { PositionTable, Program } from './program';

/** Distances are laid out for lengths of so many at a time. */
const STEP = 64;

/**
 * The rows of the relative tables for every distance, in order and in panels, for the kernels.
 *
 * Which row a distance reads does not depend on the text's length, so one layout serves all lengths up to the longest
 * seen: a shorter text reads a part in the middle.
 */
export class PackedPositions {
  readonly #memory: KernelMemory;
  readonly #tables: PositionTables;
  readonly #program: Program;
  readonly #falling: ReadonlySet<string>;
  #addresses = new Map<string, Address>();
  #reach = 0;
  #start: Address = 0;
  #version = -1;

  constructor(memory: KernelMemory, program: Program, tables: PositionTables) {
    this.#memory = memory;
    this.#program = program;
    this.#tables = tables;
    const keys = program.steps.flatMap((step) => (step.kind === 'attend' ? [step.positionKeys?.name] : []));
    this.#falling = new Set(keys.filter((name) => name !== undefined));
  }

  /** Columns of a head's panels. */
  get columns(): number {
    return 2 * this.#reach;
  }

  /** The column of distance 0. */
  get center(): number {
    return this.#reach;
  }

  /** The address of a table, 0 for none. */
  address(table: PositionTable | undefined): Address {
    return table === undefined ? 0 : this.#addresses.get(table.name)!;
  }

  /** The first address behind the tables. */
  get end(): Address {
    return this.#start + this.#tables.tables.length * this.#tableBytes;
  }

  /** Says that their memory has been written over. */
  invalidate(): void {
    this.#version = -1;
  }

  /** Lays the tables out, where they are stale or too short, from an address on. */
  refresh(length: number, start: Address): void {
    if (this.#program.relative === undefined) {
      this.#start = start;
      return;
    }
    this.#tables.refresh();
    const isCurrent = this.#version === this.#tables.version && this.#start === aligned(start);
    if (isCurrent && length <= this.#reach) return;
    const before = [this.#start, this.#reach] as const;
    this.#start = aligned(start);
    this.#reach = Math.max(this.#reach, reachFor(length));
    try {
      this.#memory.reserve(this.end);
    } catch (error) {
      // A text too long must not keep shorter ones from being computed.
      [this.#start, this.#reach] = before;
      throw error;
    }
    this.#addresses = new Map(
      this.#tables.tables.map(({ name }, index) => [name, this.#start + index * this.#tableBytes]),
    );
    for (const table of this.#tables.tables) this.#layOut(table);
    this.#version = this.#tables.version;
  }

  get #tableBytes(): number {
    const { heads, headSize } = this.#program.sizes;
    return 4 * heads * headSize * this.columns;
  }

  #layOut(table: PositionTable): void {
    const { relative, sizes } = this.#program;
    const { heads, headSize } = sizes;
    const values = this.#tables.get(table).dataSync<'float32'>();
    const rowsOfHead = 2 * relative!.span;
    const direction = this.#falling.has(table.name) ? -1 : 1;
    const rows = Array.from({ length: this.columns }, (_, column) =>
      relativeRow(direction * (column - this.center), relative!),
    );
    const target = this.#memory.floats(this.address(table), heads * headSize * this.columns);
    let at = 0;
    for (let head = 0; head < heads; head++) {
      for (let panel = 0; panel < this.columns; panel += 8) {
        for (let k = 0; k < headSize; k++) {
          for (let t = 0; t < 8; t++) {
            target[at++] = values[(head * rowsOfHead + rows[panel + t]!) * headSize + k]!;
          }
        }
      }
    }
  }
}

/** How far to either side distances are laid out for texts of a length. */
export function reachFor(length: number): number {
  return Math.ceil(length / STEP) * STEP;
}
