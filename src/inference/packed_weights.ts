import type * as tf from '@tensorflow/tfjs';
import type { Address } from '../kernels/kernel_exports';
import { aligned, type KernelMemory } from '../kernels/kernel_memory';
import type { PackedMatrix, Precision } from '../kernels/kernel_plan';
import { inPanels } from '../kernels/panels';
import type { Affine, AttendStep, ConvolveStep, Norm, Program, Step, WeightName } from './program';
import { isSameData } from './same_data';
import type { WeightReader } from './weight_reader';

/** Rows of a vocabulary packed at a time. */
const CHUNK_ROWS = 4096;

/** Something packed, and what it was packed from. */
interface Slot {
  readonly names: readonly WeightName[];
  /** Writes it anew; `scratch` lies behind everything that is kept. */
  readonly write: (scratch: Address) => void;
  sources: readonly tf.DataId[];
}

/** Vectors of a normalization. */
export interface PackedNorm {
  readonly gamma: Address;
  readonly beta: Address;
  readonly epsilon: number;
}

/** A product's matrix and its bias, 0 for none. */
export interface PackedAffine {
  readonly weights: PackedMatrix;
  readonly bias: Address;
}

/**
 * A program's weights in the kernels' memory, packed once and again when they change.
 *
 * Change is seen by the identity of the weights' data, which every assignment renews.
 */
export class PackedWeights {
  readonly #memory: KernelMemory;
  readonly #weights: WeightReader;
  readonly #program: Program;
  readonly #precision: Precision;
  readonly #slots: Slot[] = [];
  readonly #vectors = new Map<WeightName, Address>();
  readonly #affines = new Map<string, PackedAffine>();
  readonly #ofSteps = new Map<Step, PackedAffine>();
  readonly #ofQueries = new Map<AttendStep, PackedAffine>();
  #end: Address;

  /** @param start the first address that is free. */
  constructor(memory: KernelMemory, program: Program, weights: WeightReader, precision: Precision, start: Address) {
    this.#memory = memory;
    this.#program = program;
    this.#weights = weights;
    this.#precision = precision;
    this.#end = start;
    for (const step of program.steps) this.#layOut(step);
  }

  /** The first address behind all weights. */
  get end(): Address {
    return this.#end;
  }

  /**
   * Packs what has changed, by way of the memory behind {@link end}.
   *
   * @returns whether anything had.
   */
  refresh(): boolean {
    let hasChanged = false;
    for (const slot of this.#slots) {
      const sources = slot.names.map((name) => this.#weights(name).dataId);
      if (isSameData(slot.sources, sources)) continue;
      slot.write(this.#end);
      slot.sources = sources;
      hasChanged = true;
    }
    return hasChanged;
  }

  /** The matrix and bias of a step that multiplies; of keys and values alone where queries come from elsewhere. */
  affine(step: Step): PackedAffine {
    return this.#ofSteps.get(step)!;
  }

  /** The matrix and bias of queries that come from elsewhere. */
  queries(step: AttendStep): PackedAffine {
    return this.#ofQueries.get(step)!;
  }

  /** A weight as it is, without packing. */
  vector(name: WeightName): Address {
    return this.#vectors.get(name)!;
  }

  norm({ gamma, beta, epsilon }: Norm): PackedNorm {
    return { gamma: this.vector(gamma), beta: this.vector(beta), epsilon };
  }

  #layOut(step: Step): void {
    switch (step.kind) {
      case 'embed':
        if (step.positions !== undefined) this.#keepVector(step.positions);
        if (step.tokenTypes !== undefined) this.#keepVector(step.tokenTypes);
        if (step.projection !== undefined) this.#ofSteps.set(step, this.#keepAffine([step.projection]));
        break;
      case 'attend':
        this.#layOutProjections(step);
        break;
      case 'project':
      case 'projectAndAdd':
        this.#ofSteps.set(step, this.#keepAffine([step.affine]));
        break;
      case 'convolve':
        this.#ofSteps.set(step, this.#keepConvolution(step));
        break;
      case 'scoreVocabulary':
        this.#ofSteps.set(step, { weights: this.#keepTransposed(step.table), bias: this.#keepVector(step.bias) });
        break;
      case 'addPositions':
        this.#keepVector(step.table);
        break;
    }
    if ('norm' in step) {
      this.#keepVector(step.norm.gamma);
      this.#keepVector(step.norm.beta);
    }
  }

  /** Queries, keys and values, the queries with their scale in their weights. */
  #layOutProjections(step: AttendStep): void {
    const { query, key, value } = step;
    const { queryScale } = this.#program;
    if (step.queries === undefined) {
      this.#ofSteps.set(step, this.#keepAffine([query, key, value], [queryScale, 1, 1]));
      return;
    }
    this.#ofQueries.set(step, this.#keepAffine([query], [queryScale]));
    this.#ofSteps.set(step, this.#keepAffine([key, value]));
  }

  #take(bytes: number): Address {
    const address = aligned(this.#end);
    this.#end = address + bytes;
    return address;
  }

  #keepVector(name: WeightName): Address {
    const known = this.#vectors.get(name);
    if (known !== undefined) return known;
    const address = this.#take(4 * this.#weights(name).size);
    this.#slot([name], () => this.#copy(name, address));
    this.#vectors.set(name, address);
    return address;
  }

  #copy(name: WeightName, address: Address): void {
    const values = this.#weights(name).dataSync<'float32'>();
    this.#memory.reserve(address + 4 * values.length);
    this.#memory.floats(address, values.length).set(values);
  }

  /** Matrices `[K, N]` side by side as one, with their biases; those of a block that runs twice are kept once. */
  #keepAffine(affines: readonly Affine[], scales: readonly number[] = affines.map(() => 1)): PackedAffine {
    const key = affines.map(({ kernel }) => kernel).join();
    const known = this.#affines.get(key);
    if (known !== undefined) return known;
    const kept = this.#packAffine(affines, scales);
    this.#affines.set(key, kept);
    return kept;
  }

  #packAffine(affines: readonly Affine[], scales: readonly number[]): PackedAffine {
    const kernels = affines.map(({ kernel }) => this.#weights(kernel));
    const [inner = 0] = kernels[0]!.shape;
    const widths = kernels.map(({ shape }) => shape[1]!);
    const columns = widths.reduce((sum, width) => sum + width, 0);
    const weights = this.#takeMatrix(inner, columns);
    this.#slot(
      affines.map(({ kernel }) => kernel),
      (scratch) => {
        const joined = new Float32Array(inner * columns);
        let first = 0;
        for (const [index, { kernel }] of affines.entries()) {
          writeColumns(
            this.#weights(kernel).dataSync<'float32'>(),
            widths[index]!,
            scales[index]!,
            joined,
            columns,
            first,
          );
          first += widths[index]!;
        }
        this.#pack(joined, columns, false, weights, scratch);
      },
    );
    return { weights, bias: this.#keepBiases(affines, widths, scales) };
  }

  #keepBiases(affines: readonly Affine[], widths: readonly number[], scales: readonly number[]): Address {
    const names = affines.flatMap(({ bias }) => (bias === undefined ? [] : [bias]));
    if (names.length === 0) return 0;
    const total = widths.reduce((sum, width) => sum + width, 0);
    const address = this.#take(4 * total);
    this.#slot(names, () => {
      this.#memory.reserve(address + 4 * total);
      const target = this.#memory.floats(address, total);
      let first = 0;
      for (const [index, { bias }] of affines.entries()) {
        const part = target.subarray(first, first + widths[index]!);
        if (bias === undefined) part.fill(0);
        else
          part.set(
            this.#weights(bias)
              .dataSync<'float32'>()
              .map((value) => value * scales[index]!),
          );
        first += widths[index]!;
      }
    });
    return address;
  }

  /** A table `[N, K]` as the matrix that its transpose is. */
  #keepTransposed(name: WeightName): PackedMatrix {
    const [columns = 0, inner = 0] = this.#weights(name).shape;
    const weights = this.#takeMatrix(inner, columns);
    this.#slot([name], (scratch) => {
      const values = this.#weights(name).dataSync<'float32'>();
      // In parts, so that the table is not in memory twice.
      for (let row = 0; row < columns; row += CHUNK_ROWS) {
        const part = values.subarray(row * inner, Math.min(columns, row + CHUNK_ROWS) * inner);
        this.#pack(part, inner, true, partOf(weights, row, Math.min(CHUNK_ROWS, columns - row)), scratch);
      }
    });
    return weights;
  }

  /** A kernel `[k, C / groups, N]`: for each group a matrix `[k · C / groups, N / groups]`, always in float32. */
  #keepConvolution({ affine, groups }: ConvolveStep): PackedAffine {
    const [size = 0, width = 0, filters = 0] = this.#weights(affine.kernel).shape;
    const [inner, columns] = [size * width, filters / groups];
    const bytesOfGroup = 4 * inner * inPanels(columns);
    const panels = this.#take(groups * bytesOfGroup);
    this.#slot([affine.kernel], (scratch) => {
      const kernel = this.#weights(affine.kernel).dataSync<'float32'>();
      for (let group = 0; group < groups; group++) {
        const part = new Float32Array(inner * columns);
        for (let row = 0; row < inner; row++) {
          const start = row * filters + group * columns;
          part.set(kernel.subarray(start, start + columns), row * columns);
        }
        const weights = { ...float32Matrix(inner, columns), panels: panels + group * bytesOfGroup };
        this.#pack(part, columns, false, weights, scratch);
      }
    });
    return { weights: { ...float32Matrix(inner, columns), panels }, bias: this.#keepVector(affine.bias) };
  }

  #takeMatrix(inner: number, columns: number): PackedMatrix {
    const { kernels } = this.#memory;
    const precision = this.#precision;
    const numbers = inner * inPanels(columns);
    const bytes = { float32: 4 * numbers, float16: 2 * numbers, int8: kernels.int8PanelBytes(inner, columns) }[
      precision
    ];
    const panels = this.#take(bytes);
    const scales = precision === 'int8' ? this.#take(4 * inPanels(columns)) : 0;
    return { panels, scales, precision, inner, columns };
  }

  /** Packs a matrix, or its transpose, by way of the memory behind everything. */
  #pack(
    values: Float32Array,
    stride: number,
    isTransposed: boolean,
    { panels, scales, precision, inner, columns }: PackedMatrix,
    scratch: Address,
  ): void {
    const { kernels } = this.#memory;
    const matrix = aligned(scratch);
    const panel = aligned(matrix + 4 * values.length);
    this.#memory.reserve(panel + kernels.halfScratchBytes(inner));
    this.#memory.floats(matrix, values.length).set(values);
    const transposed = isTransposed ? 1 : 0;
    if (precision === 'float16') kernels.packHalf(matrix, stride, inner, columns, transposed, panels, panel);
    else if (precision === 'int8') kernels.packInt8(matrix, stride, inner, columns, transposed, panels, scales, panel);
    else if (isTransposed) kernels.packTransposed(matrix, stride, inner, columns, panels);
    else kernels.packPanels(matrix, stride, inner, columns, panels);
  }

  #slot(names: readonly WeightName[], write: Slot['write']): void {
    this.#slots.push({ names, write, sources: [] });
  }
}

function float32Matrix(inner: number, columns: number): Omit<PackedMatrix, 'panels'> {
  return { scales: 0, precision: 'float32', inner, columns };
}

/** Some columns, from a whole panel on. */
function partOf(weights: PackedMatrix, column: number, columns: number): PackedMatrix {
  const { panels, scales, precision, inner } = weights;
  const innerBytes = { float32: 4 * inner, float16: 2 * inner, int8: 2 * Math.ceil(inner / 2) }[precision];
  return {
    ...weights,
    panels: panels + column * innerBytes,
    scales: scales === 0 ? 0 : scales + 4 * column,
    columns,
  };
}

function writeColumns(
  matrix: Float32Array,
  width: number,
  scale: number,
  target: Float32Array,
  stride: number,
  first: number,
): void {
  for (let source = 0, at = first; source < matrix.length; source += width, at += stride) {
    for (let column = 0; column < width; column++) target[at + column] = scale * matrix[source + column]!;
  }
}
