import { ACTIVATION_CODES } from '../kernels/activation_code';
import type { Address } from '../kernels/kernel_exports';
import type { KernelMemory } from '../kernels/kernel_memory';
import { convolutionRows, KernelPlan, TILE_WORDS } from '../kernels/kernel_plan';
import type { PlanPlace } from '../kernels/kernel_runner';
import { lastRead } from './last_read';
import type { PackedPositions } from './packed_positions';
import type { PackedAffine, PackedWeights } from './packed_weights';
import type {
  AddFirstTokenStep,
  AddPositionsStep,
  AttendStep,
  ConvolveStep,
  EmbedStep,
  Norm,
  Program,
  ProjectAndAddStep,
  ProjectStep,
  ScoreVocabularyStep,
  Step,
  ValueName,
} from './program';
import { type HostMask, maskHeads, maskSize, type PackedRows, writeMask } from './text_rows';
import { Workspace } from './workspace';

/** What a plan is made for. */
export interface PlanInputs {
  readonly rows: PackedRows;
  /** Places of a text. */
  readonly length: number;
  /** Embeddings of the words, a row each. */
  readonly words: Float32Array;
  /** The type of each row's token; undefined where all are 0. */
  readonly tokenTypes: Int32Array | undefined;
  readonly mask: HostMask | undefined;
  /** Places of the batch part that the head is computed for; all where undefined. */
  readonly chosen: Int32Array | undefined;
}

/** A plan laid out in memory, ready to be run once. */
export interface ProgramPlan {
  readonly plan: KernelPlan;
  readonly place: PlanPlace;
  /** Where the result will be, `[rows or texts, width]`. */
  readonly result: Address;
  readonly resultRows: number;
  readonly width: number;
}

/** What planning needs beside the inputs. */
export interface PlanContext {
  readonly program: Program;
  readonly memory: KernelMemory;
  readonly weights: PackedWeights;
  readonly positions: PackedPositions;
  readonly threads: number;
}

interface Value {
  readonly address: Address;
  readonly rows: number;
  readonly width: number;
}

/** Rows of queries from which on a head's attention may be cut in two. */
const LEAST_QUERIES = 64;
/** Rows of queries at a time, so that working memory grows with a text's length and not with its square. */
export const MOST_QUERIES = 256;

/** Lays out what the kernels need to run a program on some texts. */
export function planProgram(context: PlanContext, inputs: PlanInputs): ProgramPlan {
  return new Planner(context, inputs).plan();
}

/** Where the bias is added by the step that follows. */
function unbiased(affine: PackedAffine): PackedAffine {
  return { ...affine, bias: 0 };
}

function everyRow(rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row);
}

class Planner {
  readonly #context: PlanContext;
  readonly #inputs: PlanInputs;
  readonly #plan: KernelPlan;
  readonly #space: Workspace;
  readonly #values = new Map<ValueName, Value>();
  /** Written once memory has room. */
  readonly #writes: Array<() => void> = [];
  readonly #scales: Address;
  readonly #attendTiles: { readonly address: Address; readonly count: number };
  #scratchBytes = 0;

  constructor(context: PlanContext, inputs: PlanInputs) {
    this.#context = context;
    this.#inputs = inputs;
    this.#plan = new KernelPlan(context.threads);
    this.#space = new Workspace(context.positions.end);
    const { scales } = inputs.rows;
    this.#scales = scales === undefined ? 0 : this.#floats(scales);
    this.#attendTiles = this.#layOutTiles();
  }

  plan(): ProgramPlan {
    const { program, memory, threads } = this.#context;
    for (const [index, names] of lastRead(program).entries()) {
      const step = program.steps[index]!;
      this.#values.set(step.output, this.#step(step));
      for (const name of names) this.#space.release(this.#values.get(name)!.address);
    }
    const result = this.#values.get(program.result.value)!;
    const plan = this.#space.keep(this.#plan.bytes / 4);
    const scratchBytes = this.#scratch();
    const scratch = this.#space.keep((threads * scratchBytes) / 4);
    memory.reserve(this.#space.end);
    for (const write of this.#writes) write();
    return {
      plan: this.#plan,
      place: { plan, scratch, scratchBytes },
      result: result.address,
      resultRows: result.rows,
      width: result.width,
    };
  }

  /** Bytes of working memory of a thread. */
  #scratch(): number {
    const { kernels } = this.#context.memory;
    const ofProducts = this.#plan.products.map(({ rows, weights: { precision, inner } }) => {
      if (precision === 'int8') return kernels.int8ScratchBytes(rows, inner);
      return precision === 'float16' ? kernels.halfScratchBytes(inner) : 0;
    });
    const bytes = Math.max(this.#scratchBytes, ...ofProducts);
    // Whole lines of the cache, so that threads do not write into the same one.
    return 64 * Math.ceil(bytes / 64 + 1);
  }

  #step(step: Step): Value {
    switch (step.kind) {
      case 'embed':
        return this.#embed(step);
      case 'attend':
        return this.#attend(step);
      case 'project':
      case 'scoreVocabulary':
        return this.#project(step, this.#value(step.input));
      case 'projectAndAdd':
        return this.#projectAndAdd(step);
      case 'convolve':
        return this.#convolve(step);
      case 'normalize': {
        const input = this.#value(step.input);
        const output = this.#make(input.rows, input.width);
        this.#normalize(input, output, step.norm, {});
        return output;
      }
      case 'firstToken':
        return this.#firstToken(this.#value(step.input));
      case 'addPositions':
        return this.#addPositions(step);
      case 'addFirstToken':
        return this.#addFirstToken(step);
      case 'chooseRows': {
        const { chosen, rows } = this.#inputs;
        const input = this.#value(step.input);
        return this.#pick(input, chosen?.map((place) => rows.rowOfPlace[place]!) ?? everyRow(input.rows));
      }
    }
  }

  #embed(step: EmbedStep): Value {
    const { weights, program } = this.#context;
    const { rows, length, tokenTypes, words } = this.#inputs;
    const sum = this.#make(rows.count, program.sizes.embedding);
    this.#writes.push(() => this.#context.memory.floats(sum.address, words.length).set(words));
    if (step.positions !== undefined) {
      const positions = rows.sources.map((place) => place % length);
      this.#addRows(sum, weights.vector(step.positions), positions);
    }
    if (step.tokenTypes !== undefined) {
      this.#addRows(sum, weights.vector(step.tokenTypes), tokenTypes ?? new Int32Array(rows.count));
    }
    const embedded =
      step.projection === undefined ? sum : this.#product(unbiased(weights.affine(step)), sum, ACTIVATION_CODES.none);
    this.#normalize(embedded, embedded, step.norm, { rowScales: this.#scales });
    if (embedded !== sum) this.#space.release(sum.address);
    return embedded;
  }

  #addRows({ address, rows, width }: Value, table: Address, indices: Int32Array): void {
    this.#plan.addRows({ x: address, table, indices: this.#integers(indices), rows, columns: width });
  }

  #attend(step: AttendStep): Value {
    const { weights, positions, program, memory } = this.#context;
    const { heads, headSize } = program.sizes;
    const size = heads * headSize;
    const projections = this.#product(weights.affine(step), this.#value(step.input), ACTIVATION_CODES.none);
    const queries =
      step.queries === undefined
        ? projections
        : this.#product(weights.queries(step), this.#value(step.queries), ACTIVATION_CODES.none);
    const output = this.#make(projections.rows, size);
    this.#plan.attend({
      queries: queries.address,
      queryStride: queries.width,
      keys: projections.address + (queries === projections ? 4 * size : 0),
      keyStride: projections.width,
      tiles: this.#attendTiles.address,
      tileCount: this.#attendTiles.count,
      heads,
      headSize,
      positionKeys: positions.address(step.positionKeys),
      positionQueries: positions.address(step.positionQueries),
      positionColumns: positions.columns,
      center: positions.center,
      output: output.address,
    });
    const longest = Math.max(1, ...this.#inputs.rows.texts.map(({ length }) => length));
    const scratchBytes = memory.kernels.attendScratchBytes(longest, headSize, Math.min(longest, MOST_QUERIES));
    this.#scratchBytes = Math.max(this.#scratchBytes, scratchBytes);
    this.#space.release(projections.address);
    if (queries !== projections) this.#space.release(queries.address);
    return output;
  }

  /** Which text, head and queries each tile of attention is about, the longest texts first. */
  #layOutTiles(): { address: Address; count: number } {
    const { threads, program } = this.#context;
    const { heads } = program.sizes;
    const { texts, paddingRow } = this.#inputs.rows;
    const words: number[] = [];
    const parts = Math.max(1, Math.ceil((2 * threads) / Math.max(1, texts.length * heads)));
    const masks = this.#layOutMasks();
    const sorted = [...texts].sort((a, b) => b.length - a.length);
    for (const { firstRow, length, text } of sorted) {
      const mask = masks.get(text);
      const queries = Math.min(MOST_QUERIES, Math.max(Math.ceil(length / parts), Math.min(length, LEAST_QUERIES)));
      for (let head = 0; head < heads; head++) {
        for (let first = 0; first < length; first += queries) {
          const ofHead = mask === undefined ? 0 : mask.address + mask.headBytes * head;
          const end = Math.min(length, first + queries);
          words.push(firstRow, length, head, first, end, ofHead, mask === undefined ? 0 : length, 0);
        }
      }
    }
    // What stands for padding sees nothing.
    if (paddingRow !== undefined) {
      for (let head = 0; head < heads; head++) words.push(paddingRow, 0, head, 0, 0, 0, 0, 0);
    }
    return { address: this.#integers(Int32Array.from(words)), count: words.length / TILE_WORDS };
  }

  #layOutMasks(): Map<number, { address: Address; headBytes: number }> {
    const { rows, mask, length } = this.#inputs;
    const masked = rows.texts.filter(({ isMasked }) => isMasked);
    return new Map(
      masked.map(({ text }) => {
        const numbers = maskSize(mask!, length);
        const address = this.#space.keep(numbers + 4);
        this.#writes.push(() => writeMask(mask!, text, length, this.#context.memory.floats(address, numbers)));
        const headBytes = maskHeads(mask!.shape) === 1 ? 0 : 4 * length * length;
        return [text, { address, headBytes }];
      }),
    );
  }

  #project(step: ProjectStep | ScoreVocabularyStep, input: Value): Value {
    const activation = step.kind === 'project' ? (step.activation ?? 'none') : 'none';
    return this.#product(this.#context.weights.affine(step), input, ACTIVATION_CODES[activation]);
  }

  #projectAndAdd(step: ProjectAndAddStep): Value {
    const affine = this.#context.weights.affine(step);
    const output = this.#product(unbiased(affine), this.#value(step.input), ACTIVATION_CODES.none);
    const { bias } = affine;
    this.#normalize(output, output, step.norm, { bias, residual: this.#value(step.residual).address });
    return output;
  }

  #product({ weights, bias }: PackedAffine, input: Value, activation: number): Value {
    const output = this.#make(input.rows, weights.columns);
    this.#plan.project({
      input: input.address,
      output: output.address,
      weights,
      rows: input.rows,
      bias,
      activation,
    });
    return output;
  }

  #convolve(step: ConvolveStep): Value {
    const { weights, bias } = this.#context.weights.affine(step);
    const { rows } = this.#inputs;
    const input = this.#value(step.input);
    const output = this.#make(input.rows, input.width);
    const starts = new Int32Array(rows.count);
    const ends = new Int32Array(rows.count);
    for (const { firstRow, length } of rows.texts) {
      starts.fill(firstRow, firstRow, firstRow + length);
      ends.fill(firstRow + length, firstRow, firstRow + length);
    }
    this.#plan.convolve({
      input: input.address,
      panels: weights.panels,
      output: output.address,
      rows: input.rows,
      channels: input.width,
      kernelSize: step.kernelSize,
      groups: step.groups,
      starts: this.#integers(starts),
      ends: this.#integers(ends),
      bias,
      rowScales: this.#scales,
      activation: ACTIVATION_CODES[step.activation],
    });
    const windowNumbers = convolutionRows(input.rows, this.#context.threads) * weights.inner;
    this.#scratchBytes = Math.max(this.#scratchBytes, 4 * windowNumbers);
    const residual = this.#value(step.residual).address;
    this.#normalize(output, output, step.norm, { residual, rowScales: this.#scales });
    return output;
  }

  #normalize(
    x: Value,
    output: Value,
    norm: Norm,
    { bias = 0, residual = 0, rowScales = 0 }: { bias?: Address; residual?: Address; rowScales?: Address },
  ): void {
    const { rows, width: columns } = x;
    const packed = this.#context.weights.norm(norm);
    this.#plan.addNorm({
      ...{ x: x.address, output: output.address, bias, residual, rowScales, rows, columns },
      ...packed,
    });
  }

  #firstToken(input: Value): Value {
    const { rows, length } = this.#inputs;
    return this.#pick(
      input,
      rows.rowOfPlace.filter((_, place) => place % length === 0),
    );
  }

  #pick({ address, width }: Value, picked: Int32Array): Value {
    const output = this.#make(picked.length, width);
    this.#plan.pickRows({
      x: address,
      indices: this.#integers(picked),
      output: output.address,
      rows: picked.length,
      columns: width,
    });
    return output;
  }

  #addPositions({ input, table }: AddPositionsStep): Value {
    const { rows, length } = this.#inputs;
    const every = everyRow(rows.count);
    const sum = this.#pick(this.#value(input), every);
    // Where padding is told apart every place has its row, here and below.
    const positions = every.map((row) => row % length);
    this.#addRows(sum, this.#context.weights.vector(table), positions);
    return sum;
  }

  #addFirstToken({ input, norm }: AddFirstTokenStep): Value {
    const { length } = this.#inputs;
    const states = this.#value(input);
    const firsts = everyRow(states.rows).map((row) => row - (row % length));
    const output = this.#pick(states, firsts);
    this.#normalize(output, output, norm, { residual: states.address });
    return output;
  }

  #make(rows: number, width: number): Value {
    // The kernels read up to three numbers beyond the last row.
    return { address: this.#space.take(rows * width + 4), rows, width };
  }

  #value(name: ValueName): Value {
    return this.#values.get(name)!;
  }

  #floats(values: Float32Array): Address {
    const address = this.#space.keep(values.length + 4);
    this.#writes.push(() => this.#context.memory.floats(address, values.length).set(values));
    return address;
  }

  #integers(values: Int32Array): Address {
    const address = this.#space.keep(values.length);
    this.#writes.push(() => this.#context.memory.integers(address, values.length).set(values));
    return address;
  }
}
