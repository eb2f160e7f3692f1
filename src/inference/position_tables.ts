import * as tf from '@tensorflow/tfjs';
import { dense } from '../ops/dense';
import { layerNorm } from '../ops/layer_norm';
import type { AttendStep, PositionTable, Program, RelativeTable } from './program';
import { isSameData } from './same_data';
import type { WeightReader } from './weight_reader';

/**
 * The projected relative tables of a program, kept until the weights they come from change.
 *
 * Change is seen by the identity of the weights' data, which every assignment renews, so nobody needs to tell.
 */
export class PositionTables {
  /** The tables a program reads. */
  readonly tables: readonly PositionTable[];
  readonly #weights: WeightReader;
  readonly #program: Program;
  #sources: readonly tf.DataId[] = [];
  #projected = new Map<string, tf.Tensor3D>();
  #version = 0;

  constructor(program: Program, weights: WeightReader) {
    this.#program = program;
    this.#weights = weights;
    const attends = program.steps.filter((step): step is AttendStep => step.kind === 'attend');
    // A block that runs twice has the same tables both times.
    this.tables = [...new Map(attends.flatMap(tablesOf).map((table) => [table.name, table])).values()];
  }

  /** Computes what is missing or stale; call it before reading. */
  refresh(): void {
    const { relative } = this.#program;
    if (relative === undefined) return;
    const sources = this.#sourceNames(relative).map((name) => this.#weights(name).dataId);
    if (isSameData(this.#sources, sources)) return;
    this.dispose();
    const projected = tf.tidy(() => {
      const rows = relativeRows(relative, this.#weights);
      return this.tables.map((table) => tf.keep(this.#project(table, rows)));
    });
    this.#projected = new Map(this.tables.map(({ name }, index) => [name, projected[index]!]));
    this.#sources = sources;
    this.#version++;
  }

  /** A number that is another whenever the tables have been computed anew. */
  get version(): number {
    return this.#version;
  }

  #sourceNames({ weight, norm }: RelativeTable): string[] {
    const projections = this.tables.flatMap(({ projection: { kernel, bias } }) => [kernel, ...(bias ? [bias] : [])]);
    return [weight, ...(norm === undefined ? [] : [norm.gamma, norm.beta]), ...projections];
  }

  /** `[2 · span, H]` → `[h, 2 · span, d]`. */
  #project({ projection, scale }: PositionTable, rows: tf.Tensor2D): tf.Tensor3D {
    const { heads, headSize } = this.#program.sizes;
    const kernel = this.#weights(projection.kernel) as tf.Tensor2D;
    const bias = projection.bias === undefined ? undefined : (this.#weights(projection.bias) as tf.Tensor1D);
    const projected = tf.mul(dense(rows, kernel, bias), scale);
    return tf.transpose(tf.reshape(projected, [-1, heads, headSize]), [1, 0, 2]) as tf.Tensor3D;
  }

  /** A table as of the last refresh, `[h, 2 · span, d]`; owned by this object. */
  get({ name }: PositionTable): tf.Tensor3D {
    return this.#projected.get(name)!;
  }

  /** Bytes of the tables. */
  get bytes(): number {
    return [...this.#projected.values()].reduce((sum, { size }) => sum + 4 * size, 0);
  }

  dispose(): void {
    tf.dispose([...this.#projected.values()]);
    this.#projected = new Map();
    this.#sources = [];
  }
}

function tablesOf({ positionKeys, positionQueries }: AttendStep): PositionTable[] {
  return [positionKeys, positionQueries].filter((table) => table !== undefined);
}

function relativeRows({ weight, norm }: RelativeTable, weights: WeightReader): tf.Tensor2D {
  const table = weights(weight) as tf.Tensor2D;
  if (norm === undefined) return table;
  return layerNorm(table, weights(norm.gamma) as tf.Tensor1D, weights(norm.beta) as tf.Tensor1D, norm.epsilon);
}
