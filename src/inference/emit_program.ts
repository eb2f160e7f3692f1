import type { GraphBuilder } from '../graph/graph_builder';
import { emitActivation } from './emit_activation';
import type {
  Affine,
  AttendStep,
  ConvolveStep,
  EmbedStep,
  Norm,
  PositionTable,
  Program,
  ProjectAndAddStep,
  ProjectStep,
  Step,
  ValueName,
  WeightName,
} from './program';

/**
 * Which attention mask a graph takes: `none` where every token is real, `tokens` `[B, S]`, or `pairs` of query and key,
 * `[B, 1, S or 1, S]`.
 */
export type MaskKind = 'none' | 'tokens' | 'pairs';

/** References to what a program's nodes read. */
export interface ProgramSources {
  /** int32 `[B, S]`. */
  readonly inputIds: string;
  readonly maskKind: MaskKind;
  /** float32; undefined for the mask kind `none`. */
  readonly attentionMask?: string | undefined;
  /** int32 `[B, S]`; needed where the program uses token types. */
  readonly tokenTypeIds?: string | undefined;
  /** Rows of the relative table by distance, int32 `[2S]`; needed where the program is relative. */
  readonly descendingRows?: string | undefined;
  readonly ascendingRows?: string | undefined;
  /** Rows of `[B · S]` to choose, int32 `[N]`; all where not given. */
  readonly rows?: string | undefined;
  readonly weight: (name: WeightName) => string;
  /** `[h, 2 · span, d]`. */
  readonly positionTable: (table: PositionTable) => string;
}

/** Masked scores lose this much: it underflows to probability 0 beside any real score, and stays finite. */
const MASK_PENALTY = 1e30;

const T = { T: { type: 'float' } } as const;
const INTEGER = { T: { type: 'int32' } } as const;

/**
 * Adds a program's nodes to a TensorFlow graph; batch and length are known only when it runs.
 *
 * @returns references to the outputs, in the order of the program's names; `choices` as `texts`.
 */
export function emitProgram(graph: GraphBuilder, program: Program, sources: ProgramSources): string[] {
  return new ProgramEmitter(graph, program, sources).emit();
}

class ProgramEmitter {
  readonly #graph: GraphBuilder;
  readonly #program: Program;
  readonly #sources: ProgramSources;
  readonly #values = new Map<ValueName, string>();
  readonly #batch: string;
  readonly #length: string;
  /** What masked keys lose, broadcast against the scores. */
  readonly #penalty: string | undefined;
  /** 1 for tokens, `[B · S, 1]`. */
  readonly #tokens: string | undefined;
  readonly #skewShapes: SkewShapes;

  constructor(graph: GraphBuilder, program: Program, sources: ProgramSources) {
    this.#graph = graph;
    this.#program = program;
    this.#sources = sources;
    const shape = graph.op('Shape', [sources.inputIds], { ...INTEGER, out_type: { type: 'int32' } });
    this.#batch = this.#axis(shape, 0);
    this.#length = this.#axis(shape, 1);
    this.#penalty = this.#emitPenalty();
    this.#tokens = this.#emitTokens();
    this.#skewShapes = this.#emitSkewShapes();
  }

  emit(): string[] {
    for (const step of this.#program.steps) this.#values.set(step.output, this.#step(step));
    const { value, layout } = this.#program.result;
    const rows = this.#values.get(value)!;
    if (layout === 'texts' || layout === 'choices' || this.#sources.rows !== undefined) return [rows];
    const tokens = this.#reshape(rows, [this.#batch, this.#length, -1]);
    if (layout === 'tokens') return [tokens];
    const { names } = this.#program.result;
    const scores = this.#op('Unpack', [tokens], { ...T, num: { int: names.length }, axis: { int: 2 } });
    return names.map((_, index) => (index === 0 ? scores : this.#graph.output(scores, index)));
  }

  #step(step: Step): string {
    switch (step.kind) {
      case 'embed':
        return this.#embed(step);
      case 'attend':
        return this.#attend(step);
      case 'project':
        return this.#projectStep(step);
      case 'projectAndAdd':
        return this.#projectAndAdd(step);
      case 'convolve':
        return this.#convolve(step);
      case 'normalize':
        return this.#normalize(this.#value(step.input), step.norm);
      case 'firstToken':
        return this.#firstToken(this.#value(step.input));
      case 'addPositions':
        return this.#addPositions(this.#value(step.input), step.table);
      case 'addFirstToken':
        return this.#normalize(this.#addFirstToken(this.#value(step.input)), step.norm);
      case 'chooseRows': {
        const { rows } = this.#sources;
        const input = this.#value(step.input);
        return rows === undefined ? input : this.#gather(input, rows, 0);
      }
      case 'scoreVocabulary': {
        const product = this.#op('MatMul', [this.#value(step.input), this.#weight(step.table)], {
          ...T,
          transpose_b: { bool: true },
        });
        return this.#op('BiasAdd', [product, this.#weight(step.bias)], T);
      }
    }
  }

  #embed({ words, positions, tokenTypes, projection, norm }: EmbedStep): string {
    const { inputIds, tokenTypeIds } = this.#sources;
    let embedded = this.#gather(this.#weight(words), inputIds, 0);
    if (positions !== undefined) {
      embedded = this.#add(embedded, this.#positions(positions));
    }
    if (tokenTypes !== undefined) {
      embedded = this.#add(embedded, this.#gather(this.#weight(tokenTypes), tokenTypeIds!, 0));
    }
    const rows = this.#reshape(embedded, [-1, this.#program.sizes.embedding]);
    return this.#zeroPadding(this.#normalize(projection === undefined ? rows : this.#project(rows, projection), norm));
  }

  #attend(step: AttendStep): string {
    const { heads, headSize } = this.#program.sizes;
    const input = this.#value(step.input);
    const queries = step.queries === undefined ? input : this.#value(step.queries);
    const scaled = this.#multiplyFloat(this.#project(queries, step.query), this.#graph.float(this.#program.queryScale));
    const query = this.#splitHeads(scaled);
    const key = this.#splitHeads(this.#project(input, step.key));
    const value = this.#splitHeads(this.#project(input, step.value));

    let scores = this.#batchMatMul(query, key, true);
    if (step.positionKeys !== undefined) {
      const skewed = this.#skew(this.#byDistance(query, step.positionKeys, this.#sources.descendingRows!));
      scores = this.#add(scores, this.#byHead(skewed));
    }
    if (step.positionQueries !== undefined) {
      const skewed = this.#skew(this.#byDistance(key, step.positionQueries, this.#sources.ascendingRows!));
      scores = this.#add(scores, this.#byHead(this.#transpose(skewed, [0, 2, 1])));
    }
    const context = this.#batchMatMul(this.#softmax(scores), value, false);
    const merged = this.#reshape(this.#transpose(context, [1, 2, 0, 3]), [-1, heads * headSize]);
    return this.#sources.maskKind === 'tokens' ? this.#zeroPadding(merged) : merged;
  }

  /** Masked keys get probability 0. Rows of padded queries are set to 0 here for pairs, in the context for tokens. */
  #softmax(scores: string): string {
    if (this.#penalty === undefined) return this.#op('Softmax', [scores], T);
    const probabilities = this.#op('Softmax', [this.#add(scores, this.#penalty)], T);
    return this.#sources.maskKind === 'pairs' ? this.#multiplyFloat(probabilities, this.#pairsByHead()) : probabilities;
  }

  /**
   * Scores of contents `[h, B, S, d]` for every distance, `[h, B · S, 2S]`.
   *
   * The batch is folded into the rows: TensorFlow 2.21 on a CPU crashes where it has to broadcast an operand of a batched
   * product whose own batch axes are all 1, as those of the table are with one head.
   */
  #byDistance(content: string, table: PositionTable, order: string): string {
    const { heads, headSize } = this.#program.sizes;
    const rows = this.#gather(this.#sources.positionTable(table), order, 1);
    return this.#batchMatMul(this.#reshape(content, [heads, -1, headSize]), rows, true);
  }

  /** `[B · S, h · d]` → `[h, B, S, d]`. */
  #splitHeads(rows: string): string {
    const { heads, headSize } = this.#program.sizes;
    return this.#transpose(this.#reshape(rows, [this.#batch, this.#length, heads, headSize]), [2, 0, 1, 3]);
  }

  /** `[h · B, S, S]` → `[h, B, S, S]`. */
  #byHead(scores: string): string {
    return this.#reshape(scores, [this.#program.sizes.heads, this.#batch, this.#length, this.#length]);
  }

  /**
   * `out[n, i, j] = x[n, i, S − 1 − i + j]`, from `[h, B · S, 2S]` to `[h · B, S, S]`: reading on with a stride of
   * 2S − 1 instead of 2S moves each row by one.
   */
  #skew(x: string): string {
    const shapes = this.#skewShapes;
    const flat = this.#op('Reshape', [x, shapes.flat], RESHAPE);
    const shifted = this.#op(
      'Reshape',
      [this.#slice(flat, shapes.shiftFrom, shapes.shiftSize), shapes.shifted],
      RESHAPE,
    );
    return this.#slice(shifted, this.#graph.int([0, 0, 0]), shapes.square);
  }

  #emitSkewShapes(): SkewShapes {
    const length = this.#length;
    const matrices = this.#multiply(this.#batch, this.#graph.int(this.#program.sizes.heads));
    const doubled = this.#multiply(length, this.#graph.int(2));
    const stride = this.#subtract(doubled, 1);
    return {
      flat: this.#pack([matrices, this.#multiply(doubled, length)]),
      shiftFrom: this.#pack([0, this.#subtract(length, 1)]),
      shiftSize: this.#pack([matrices, this.#multiply(length, stride)]),
      shifted: this.#pack([matrices, length, stride]),
      square: this.#pack([matrices, length, length]),
    };
  }

  #projectStep({ input, affine, activation }: ProjectStep): string {
    const projected = this.#project(this.#value(input), affine);
    return activation === undefined ? projected : emitActivation(this.#graph, activation, projected);
  }

  #projectAndAdd({ input, residual, affine, norm }: ProjectAndAddStep): string {
    return this.#normalize(this.#add(this.#project(this.#value(input), affine), this.#value(residual)), norm);
  }

  /** As a product over the kernel's window, like `conv1d` in `src/ops/`. */
  #convolve({ input, residual, affine, kernelSize, groups, activation, norm }: ConvolveStep): string {
    const { hidden } = this.#program.sizes;
    const channels = hidden / groups;
    const margin = (kernelSize - 1) / 2;
    const texts = this.#texts(this.#value(input));
    const margins = this.#op('Reshape', [this.#graph.int([0, 0, margin, margin, 0, 0]), this.#graph.int([3, 2])], {
      T: { type: 'int32' },
      Tshape: { type: 'int32' },
    });
    const padded = this.#op('Pad', [texts, margins], { ...T, Tpaddings: { type: 'int32' } });
    const kernel = this.#weight(affine.kernel);
    const outputs = Array.from({ length: groups }, (_, group) => {
      const window = Array.from({ length: kernelSize }, (_, offset) =>
        this.#slice(
          padded,
          this.#graph.int([0, offset, group * channels]),
          this.#pack([this.#batch, this.#length, channels]),
        ),
      );
      const columns = this.#reshape(this.#concat(window, 2), [-1, kernelSize * channels]);
      const filters = this.#slice(
        kernel,
        this.#graph.int([0, 0, group * channels]),
        this.#graph.int([kernelSize, channels, channels]),
      );
      return this.#op('MatMul', [columns, this.#reshape(filters, [kernelSize * channels, channels])], T);
    });
    const product = groups === 1 ? outputs[0]! : this.#concat(outputs, 1);
    const convolved = this.#op('BiasAdd', [product, this.#weight(affine.bias)], T);
    const activated = emitActivation(this.#graph, activation, this.#zeroPadding(convolved));
    return this.#zeroPadding(this.#normalize(this.#add(this.#value(residual), activated), norm));
  }

  #firstToken(rows: string): string {
    return this.#reshape(this.#firstOf(this.#texts(rows)), [-1, this.#program.sizes.hidden]);
  }

  #addFirstToken(rows: string): string {
    const texts = this.#texts(rows);
    return this.#reshape(this.#add(texts, this.#firstOf(texts)), [-1, this.#program.sizes.hidden]);
  }

  #addPositions(rows: string, table: WeightName): string {
    return this.#reshape(this.#add(this.#texts(rows), this.#positions(table)), [-1, this.#program.sizes.hidden]);
  }

  /** The embeddings of positions, `[S, E]`. */
  #positions(table: WeightName): string {
    return this.#slice(this.#weight(table), this.#graph.int([0, 0]), this.#pack([this.#length, -1]));
  }

  /** `[B · S, H]` → `[B, S, H]`. */
  #texts(rows: string): string {
    return this.#reshape(rows, [this.#batch, this.#length, this.#program.sizes.hidden]);
  }

  /** `[B, S, H]` → `[B, 1, H]`. */
  #firstOf(texts: string): string {
    const size = this.#pack([this.#batch, 1, this.#program.sizes.hidden]);
    return this.#slice(texts, this.#graph.int([0, 0, 0]), size);
  }

  #emitPenalty(): string | undefined {
    const { maskKind, attentionMask } = this.#sources;
    if (maskKind === 'none') return undefined;
    const mask =
      maskKind === 'pairs' ? this.#pairsByHead() : this.#reshape(attentionMask!, [1, this.#batch, 1, this.#length]);
    return this.#multiplyFloat(this.#op('Sub', [mask, this.#graph.float(1)], T), this.#graph.float(MASK_PENALTY));
  }

  /** `[B, 1, S or 1, S]` → `[1, B, S or 1, S]`. */
  #pairsByHead(): string {
    return this.#transpose(this.#sources.attentionMask!, [1, 0, 2, 3]);
  }

  #emitTokens(): string | undefined {
    const { maskKind, attentionMask } = this.#sources;
    if (maskKind === 'none') return undefined;
    const isSeen = maskKind === 'tokens' ? attentionMask! : this.#seenByAny(attentionMask!);
    return this.#reshape(isSeen, [-1, 1]);
  }

  /** A token is real if any query may look at it. */
  #seenByAny(pairs: string): string {
    return this.#op('Max', [pairs, this.#graph.int([1, 2])], { ...T, Tidx: { type: 'int32' } });
  }

  #zeroPadding(rows: string): string {
    return this.#tokens === undefined ? rows : this.#multiplyFloat(rows, this.#tokens);
  }

  /** BiasAdd right behind MatMul: TensorFlow makes one operation of the two. */
  #project(rows: string, { kernel, bias }: Affine): string {
    const product = this.#op('MatMul', [rows, this.#weight(kernel)], T);
    return bias === undefined ? product : this.#op('BiasAdd', [product, this.#weight(bias)], T);
  }

  #normalize(rows: string, { gamma, beta, epsilon }: Norm): string {
    const centered = this.#op('Sub', [rows, this.#mean(rows)], T);
    const variance = this.#mean(this.#op('Square', [centered], T));
    const inverseDeviation = this.#op('Rsqrt', [this.#add(variance, this.#graph.float(epsilon))], T);
    const normalized = this.#multiplyFloat(centered, inverseDeviation);
    return this.#add(this.#multiplyFloat(normalized, this.#weight(gamma)), this.#weight(beta));
  }

  #mean(x: string): string {
    return this.#op('Mean', [x, this.#graph.int([-1])], { ...T, Tidx: { type: 'int32' }, keep_dims: { bool: true } });
  }

  #value(name: ValueName): string {
    return this.#values.get(name)!;
  }

  #weight(name: WeightName): string {
    return this.#sources.weight(name);
  }

  #axis(shape: string, axis: number): string {
    const bounds = [axis, axis + 1, 1].map((value) => this.#graph.int([value]));
    return this.#op('StridedSlice', [shape, ...bounds], {
      T: { type: 'int32' },
      Index: { type: 'int32' },
      shrink_axis_mask: { int: 1 },
    });
  }

  #pack(sizes: ReadonlyArray<string | number>): string {
    if (sizes.every((size) => typeof size === 'number')) return this.#graph.int(sizes);
    const inputs = sizes.map((size) => (typeof size === 'number' ? this.#graph.int(size) : size));
    return this.#op('Pack', inputs, { ...INTEGER, N: { int: sizes.length } });
  }

  #reshape(x: string, sizes: ReadonlyArray<string | number>): string {
    return this.#op('Reshape', [x, this.#pack(sizes)], RESHAPE);
  }

  #slice(x: string, from: string, size: string): string {
    return this.#op('Slice', [x, from, size], { ...T, Index: { type: 'int32' } });
  }

  #transpose(x: string, axes: readonly number[]): string {
    return this.#op('Transpose', [x, this.#graph.int(axes)], { ...T, Tperm: { type: 'int32' } });
  }

  #gather(table: string, indices: string, axis: number): string {
    return this.#op('GatherV2', [table, indices, this.#graph.int(axis)], {
      Tparams: { type: 'float' },
      Tindices: { type: 'int32' },
      Taxis: { type: 'int32' },
    });
  }

  #concat(parts: readonly string[], axis: number): string {
    return this.#op('ConcatV2', [...parts, this.#graph.int(axis)], {
      ...T,
      Tidx: { type: 'int32' },
      N: { int: parts.length },
    });
  }

  #batchMatMul(a: string, b: string, transposeB: boolean): string {
    return this.#op('BatchMatMulV2', [a, b], { ...T, adj_y: { bool: transposeB } });
  }

  #add(a: string, b: string): string {
    return this.#op('AddV2', [a, b], T);
  }

  #multiplyFloat(a: string, b: string): string {
    return this.#op('Mul', [a, b], T);
  }

  #multiply(a: string, b: string): string {
    return this.#op('Mul', [a, b], INTEGER);
  }

  #subtract(a: string, b: number): string {
    return this.#op('Sub', [a, this.#graph.int(b)], INTEGER);
  }

  #op(...args: Parameters<GraphBuilder['op']>): string {
    return this.#graph.op(...args);
  }
}

const RESHAPE = { ...T, Tshape: { type: 'int32' } } as const;

/** Shapes of the steps of a skew, each a reference to an int32 vector. */
interface SkewShapes {
  readonly flat: string;
  readonly shiftFrom: string;
  readonly shiftSize: string;
  readonly shifted: string;
  readonly square: string;
}
