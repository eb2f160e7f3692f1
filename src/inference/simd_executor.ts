import * as tf from '@tensorflow/tfjs';
import { bestBuild, isThreaded, type KernelBuild } from '../kernels/kernel_build';
import type { KernelMemory } from '../kernels/kernel_memory';
import type { Precision } from '../kernels/kernel_plan';
import { KernelRunner } from '../kernels/kernel_runner';
import { kernelRunners } from '../kernels/kernel_runners';
import { kernelThreads } from '../kernels/kernel_threads';
import type { Executor } from './executor';
import type { InferenceInputs } from './inference_inputs';
import { PackedPositions } from './packed_positions';
import { PackedWeights } from './packed_weights';
import { type ProgramPlan, planProgram } from './plan_program';
import { PositionTables } from './position_tables';
import type { EmbedStep, OutputLayout, Program } from './program';
import { readRows } from './read_rows';
import { type HostMask, type PackedRows, packRows } from './text_rows';
import type { WeightReader } from './weight_reader';

/** How a {@link SimdExecutor} works. */
export interface SimdExecutorOptions {
  /** How matrices of weights are kept; float32 by default. */
  readonly precision?: Precision;
  /** The fastest that runs here by default. */
  readonly build?: KernelBuild;
  /** Threads of every run; by default those of `useBackend`, and one where a second is not worth waking. */
  readonly threads?: number;
}

/** How `predict` computes on the backend wasm. */
export interface KernelInfo {
  /** Which build of the kernels runs. */
  readonly build: KernelBuild;
  /** Threads at most, that of the caller included. */
  readonly threads: number;
  /** How matrices of weights are kept. */
  readonly precision: Precision;
}

/** Tokens computed at a time; batches with more are cut between texts, so that memory stays bounded. */
const MOST_TOKENS = 4096;
/** Multiplications and additions that are not worth a second thread: waking one takes as long. */
const LEAST_OPERATIONS = 4e6;

/** Weights in the kernels' memory, and what runs plans there. */
interface Kernels {
  readonly memory: KernelMemory;
  readonly runner: KernelRunner;
  readonly weights: PackedWeights;
  readonly positions: PackedPositions;
}

/** Ids, types and mask as arrays. */
interface HostInputs {
  readonly batch: number;
  readonly length: number;
  readonly ids: Int32Array;
  readonly types: Int32Array | undefined;
  readonly mask: HostMask | undefined;
  readonly rows: Int32Array | undefined;
}

/** Some texts of a batch that are computed together. */
interface Part {
  readonly first: number;
  readonly end: number;
  readonly rows: PackedRows;
  /** Which of the chosen rows these texts have; undefined where none are chosen. */
  readonly chosen: readonly number[] | undefined;
  readonly planned: ProgramPlan;
  readonly threads: number;
}

/**
 * Runs a program by own SIMD kernels on packed weights, on the backend `wasm`, with threads where there are any.
 *
 * Only real tokens are computed, and one row for all padding.
 */
export class SimdExecutor implements Executor {
  readonly #program: Program;
  readonly #weights: WeightReader;
  readonly #tables: PositionTables;
  readonly #precision: Precision;
  readonly #givenBuild: KernelBuild | undefined;
  readonly #givenThreads: number | undefined;
  readonly #embed: EmbedStep;
  #kernels: Kernels | undefined;
  /** What is under way on other threads, and is waited for by whoever needs the memory next. */
  #underWay: { settle(): void } | undefined;

  constructor(
    program: Program,
    weights: WeightReader,
    { precision = 'float32', build, threads }: SimdExecutorOptions = {},
  ) {
    this.#program = program;
    this.#weights = weights;
    this.#precision = precision;
    this.#givenBuild = build;
    this.#givenThreads = threads;
    this.#tables = new PositionTables(program, weights);
    this.#embed = program.steps.find((step): step is EmbedStep => step.kind === 'embed')!;
  }

  /** Whether the kernels run here at all. */
  static get isSupported(): boolean {
    return bestBuild({ threads: 1 }) !== undefined;
  }

  get heldBytes(): number {
    return this.#tables.bytes + (this.#kernels?.memory.bytes ?? 0);
  }

  /** How this computes. */
  get info(): KernelInfo {
    return { build: this.#build, threads: this.#mostThreads, precision: this.#precision };
  }

  run(inputs: InferenceInputs): tf.Tensor[] {
    const host = readInputs(inputs);
    const outputs: Outputs = { values: undefined, width: 0 };
    for (const [first, end] of partsOf(host)) {
      const part = this.#prepare(host, first, end);
      const { runner } = this.#ready;
      runner.run(part.planned.plan, part.planned.place, part.threads);
      this.#collect(part, host, outputs);
    }
    return this.#arrange(outputs, host);
  }

  /** As {@link run}, on other threads, while the caller's goes on. */
  async runAsync(inputs: InferenceInputs): Promise<tf.Tensor[]> {
    const host = readInputs(inputs);
    const outputs: Outputs = { values: undefined, width: 0 };
    for (const [first, end] of partsOf(host)) {
      const part = this.#prepare(host, first, end);
      const { runner } = this.#ready;
      runner.open(part.planned.plan, part.planned.place, part.threads, true);
      await this.#settled(runner, part, () => this.#collect(part, host, outputs));
    }
    return this.#arrange(outputs, host);
  }

  dispose(): void {
    this.#underWay?.settle();
    if (this.#kernels !== undefined) kernelRunners.giveBack(this.#kernels.runner);
    this.#kernels = undefined;
    this.#tables.dispose();
  }

  /** Waits for an open plan; someone else who needs the memory may finish it before. */
  async #settled(runner: KernelRunner, part: Part, collect: () => void): Promise<void> {
    let failure: unknown;
    const own = {
      settle: () => {
        if (this.#underWay !== own) return;
        this.#underWay = undefined;
        try {
          runner.finish();
          collect();
        } catch (error) {
          failure = error;
        }
      },
    };
    this.#underWay = own;
    await runner.help(part.threads);
    own.settle();
    if (failure !== undefined) throw failure;
  }

  get #ready(): Kernels {
    this.#kernels ??= this.#load();
    return this.#kernels;
  }

  #load(): Kernels {
    const runner = kernelRunners.take(this.#build);
    const { memory } = runner;
    try {
      const weights = new PackedWeights(memory, this.#program, this.#weights, this.#precision, KernelRunner.start);
      // A model that does not fit is refused before anything is packed.
      memory.reserve(weights.end);
      const positions = new PackedPositions(memory, this.#program, this.#tables);
      return { memory, runner, weights, positions };
    } catch (error) {
      kernelRunners.giveBack(runner);
      throw error;
    }
  }

  /** Brings weights and tables up to date, and lays out a plan for some texts. */
  #prepare(host: HostInputs, first: number, end: number): Part {
    this.#underWay?.settle();
    const { memory, weights, positions } = this.#ready;
    const { length, mask, ids, types } = host;
    const rows = packRows(first, end, length, mask, this.#program.tellsPaddingApart);
    const chosen = chosenIn(host, first, end);
    if (weights.refresh()) positions.invalidate();
    positions.refresh(length, weights.end);
    const threads = this.#worthThreads(rows.count) ? this.#mostThreads : 1;
    const planned = planProgram(
      { program: this.#program, memory, weights, positions, threads },
      // The model's own tensor has the embeddings of words: they need not be held twice.
      {
        rows,
        length,
        mask,
        words: readRows(
          this.#weights(this.#embed.words) as tf.Tensor2D,
          rows.sources.map((place) => ids[place]!),
        ),
        tokenTypes: types && rows.sources.map((place) => types[place]!),
        chosen: chosen && Int32Array.from(chosen, (index) => host.rows![index]! - first * length),
      },
    );
    return { first, end, rows, chosen, planned, threads };
  }

  get #mostThreads(): number {
    return isThreaded(this.#build) ? (this.#givenThreads ?? kernelThreads.count) : 1;
  }

  /** The build in use, or the one that would be. */
  get #build(): KernelBuild {
    const threads = this.#givenThreads ?? kernelThreads.count;
    return this.#kernels?.memory.build ?? this.#givenBuild ?? bestBuild({ threads })!;
  }

  #worthThreads(rows: number): boolean {
    if (this.#givenThreads !== undefined) return true;
    const { hidden } = this.#program.sizes;
    // A block multiplies each row by some 12 · H² weights.
    const blocks = this.#program.steps.filter(({ kind }) => kind === 'attend').length;
    return rows * 12 * hidden * hidden * blocks > LEAST_OPERATIONS;
  }

  #collect({ first, rows, chosen, planned }: Part, host: HostInputs, outputs: Outputs): void {
    const { result, resultRows, width } = planned;
    const source = this.#ready.memory.floats(result, resultRows * width);
    const { batch, length } = host;
    const isOfTokens = OF_TOKENS.has(this.#program.result.layout);
    outputs.width = width;
    outputs.values ??= new Float32Array((host.rows?.length ?? batch * (isOfTokens ? length : 1)) * width);
    if (chosen !== undefined) {
      for (const [row, index] of chosen.entries()) {
        outputs.values.set(source.subarray(row * width, (row + 1) * width), index * width);
      }
    } else if (isOfTokens) spread(source, rows, width, outputs.values.subarray(first * length * width));
    else outputs.values.set(source, first * width);
  }

  #arrange({ values, width }: Outputs, { batch, length, rows }: HostInputs): tf.Tensor[] {
    const { layout } = this.#program.result;
    if (rows !== undefined) return [tf.tensor2d(values!, [rows.length, width])];
    if (!OF_TOKENS.has(layout)) return [tf.tensor2d(values!, [batch, width])];
    const tokens = tf.tensor3d(values!, [batch, length, width]);
    if (layout === 'tokens') return [tokens];
    const scores = tf.unstack(tokens, 2);
    tokens.dispose();
    return scores;
  }
}

/** The outputs of a whole batch, from the first part on. */
interface Outputs {
  values: Float32Array | undefined;
  width: number;
}

const OF_TOKENS: ReadonlySet<OutputLayout> = new Set<OutputLayout>(['tokens', 'scores']);

/** Copies packed rows to their places. */
function spread(
  source: Float32Array,
  { rowOfPlace, paddingRow }: PackedRows,
  width: number,
  target: Float32Array,
): void {
  if (paddingRow === undefined) {
    target.set(source);
    return;
  }
  for (const [place, row] of rowOfPlace.entries()) {
    target.set(source.subarray(row * width, (row + 1) * width), place * width);
  }
}

/** Texts of a length that are computed together at most. */
function textsOfPart(length: number): number {
  return Math.max(1, Math.floor(MOST_TOKENS / length));
}

/** How many tokens of a batch without padding are computed together. */
export function packedTokens(batch: number, length: number): number {
  return Math.min(batch, textsOfPart(length)) * length;
}

/** Ranges of texts that are computed together; texts of which no row is chosen are left out. */
function partsOf(host: HostInputs): Array<readonly [first: number, end: number]> {
  const { batch, length } = host;
  const texts = textsOfPart(length);
  const parts = Array.from(
    { length: Math.ceil(batch / texts) },
    (_, part) => [part * texts, Math.min(batch, (part + 1) * texts)] as const,
  );
  return parts.filter(([first, end]) => chosenIn(host, first, end)?.length !== 0);
}

function readInputs({ inputIds, attentionMask, tokenTypeIds, rows }: InferenceInputs): HostInputs {
  const [batch, length] = inputIds.shape;
  return {
    batch,
    length,
    ids: inputIds.dataSync<'int32'>(),
    types: tokenTypeIds?.dataSync<'int32'>(),
    mask: attentionMask && { values: attentionMask.dataSync(), shape: attentionMask.shape },
    rows: rows?.dataSync<'int32'>(),
  };
}

/** Which of the chosen rows, by index, some texts have. */
function chosenIn({ rows, length }: HostInputs, first: number, end: number): number[] | undefined {
  if (rows === undefined) return undefined;
  return [...rows.keys()].filter((index) => rows[index]! >= first * length && rows[index]! < end * length);
}
