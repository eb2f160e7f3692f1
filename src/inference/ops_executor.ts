import * as tf from '@tensorflow/tfjs';
import { activations } from '../ops/activations';
import { expandAttentionMask, tokenMask } from '../ops/attention_mask';
import { batchMatMul } from '../ops/batch_mat_mul';
import { conv1d } from '../ops/conv1d';
import { dense } from '../ops/dense';
import { embeddingLookup } from '../ops/embedding_lookup';
import { layerNorm } from '../ops/layer_norm';
import { maskedSoftmax } from '../ops/masked_softmax';
import { contentToPosition, positionToContent } from '../ops/relative_bias';
import { RelativePositionRows } from '../ops/relative_position_rows';
import { tiedProjection } from '../ops/tied_projection';
import type { Executor } from './executor';
import type { InferenceInputs } from './inference_inputs';
import { lastRead } from './last_read';
import { PositionTables } from './position_tables';
import type {
  Affine,
  AttendStep,
  ConvolveStep,
  EmbedStep,
  Norm,
  OutputLayout,
  PositionTable,
  Program,
  Step,
  ValueName,
} from './program';
import type { WeightReader } from './weight_reader';

/** What the steps of one run share. */
interface Run {
  readonly inputs: InferenceInputs;
  readonly batch: number;
  readonly length: number;
  /** See {@link expandAttentionMask}; undefined where every token is real. */
  readonly attentionMask: tf.Tensor4D | undefined;
  /** 1 for tokens, `[B · S, 1]`; undefined where every token is real. */
  readonly tokens: tf.Tensor2D | undefined;
  readonly values: Map<ValueName, tf.Tensor>;
}

/** Runs a program by plain tfjs operations, on any backend. */
export class OpsExecutor implements Executor {
  readonly #program: Program;
  readonly #weights: WeightReader;
  readonly #tables: PositionTables;
  readonly #rows: RelativePositionRows | undefined;
  readonly #lastRead: ReadonlyArray<readonly ValueName[]>;

  constructor(program: Program, weights: WeightReader) {
    this.#program = program;
    this.#weights = weights;
    this.#tables = new PositionTables(program, weights);
    this.#rows = program.relative && new RelativePositionRows(program.relative);
    this.#lastRead = lastRead(program);
  }

  get heldBytes(): number {
    return this.#tables.bytes;
  }

  run(inputs: InferenceInputs): tf.Tensor[] {
    return tf.tidy(() => {
      this.#tables.refresh();
      const run = startRun(inputs);
      for (const [index, step] of this.#program.steps.entries()) {
        run.values.set(step.output, this.#compute(step, run));
        for (const name of this.#lastRead[index]!) run.values.get(name)!.dispose();
      }
      const { value, layout } = this.#program.result;
      return arrange(run.values.get(value)!, inputs.rows === undefined ? layout : 'texts', run);
    });
  }

  dispose(): void {
    this.#tables.dispose();
    this.#rows?.dispose();
  }

  #compute(step: Step, run: Run): tf.Tensor {
    return tf.tidy(() => {
      if (step.kind === 'embed') return this.#embed(step, run);
      const input = run.values.get(step.input)!;
      switch (step.kind) {
        case 'attend':
          return this.#attend(step, input, run);
        case 'convolve':
          return this.#convolve(step, input, run);
        case 'project': {
          const projected = this.#project(input, step.affine);
          return step.activation === undefined ? projected : activations[step.activation](projected);
        }
        case 'projectAndAdd':
          return this.#normalize(tf.add(this.#project(input, step.affine), run.values.get(step.residual)!), step.norm);
        case 'normalize':
          return this.#normalize(input, step.norm);
        case 'firstToken': {
          const texts = tf.reshape(input, [run.batch, run.length, -1]) as tf.Tensor3D;
          return tf.reshape(tf.slice(texts, [0, 0, 0], [-1, 1, -1]), [run.batch, -1]);
        }
        case 'addPositions': {
          const positions = tf.slice(this.#weights(step.table) as tf.Tensor2D, 0, run.length);
          const texts = tf.reshape(input, [run.batch, run.length, -1]);
          return tf.reshape(tf.add(texts, positions), input.shape);
        }
        case 'addFirstToken': {
          const texts = tf.reshape(input, [run.batch, run.length, -1]) as tf.Tensor3D;
          const first = tf.slice(texts, [0, 0, 0], [-1, 1, -1]);
          return this.#normalize(tf.reshape(tf.add(texts, first), input.shape), step.norm);
        }
        case 'chooseRows': {
          const { rows } = run.inputs;
          return rows === undefined ? tf.clone(input) : embeddingLookup(input as tf.Tensor2D, rows);
        }
        case 'scoreVocabulary':
          return tiedProjection(input, this.#weights(step.table) as tf.Tensor2D, this.#vector(step.bias));
      }
    });
  }

  #embed({ words, positions, tokenTypes, projection, norm }: EmbedStep, run: Run): tf.Tensor {
    const { inputIds, tokenTypeIds } = run.inputs;
    const table = (name: string) => this.#weights(name) as tf.Tensor2D;
    let embedded = embeddingLookup(table(words), inputIds);
    if (positions !== undefined) embedded = tf.add(embedded, tf.slice(table(positions), 0, run.length));
    if (tokenTypes !== undefined) {
      const types = table(tokenTypes);
      embedded = tf.add(
        embedded,
        tokenTypeIds === undefined ? tf.slice(types, 0, 1) : embeddingLookup(types, tokenTypeIds),
      );
    }
    const rows = tf.reshape(embedded, [run.batch * run.length, -1]);
    return this.#zeroPadding(
      this.#normalize(projection === undefined ? rows : this.#project(rows, projection), norm),
      run,
    );
  }

  #attend(step: AttendStep, input: tf.Tensor, run: Run): tf.Tensor {
    const queries = step.queries === undefined ? input : run.values.get(step.queries)!;
    const query = tf.mul(this.#splitHeads(queries, step.query, run), this.#program.queryScale) as tf.Tensor4D;
    const key = this.#splitHeads(input, step.key, run);
    let scores = batchMatMul(query, tf.transpose(key, [0, 1, 3, 2])) as tf.Tensor4D;
    if (step.positionKeys !== undefined) {
      scores = tf.add(scores, contentToPosition(query, this.#byDistance(step.positionKeys, 'descending', run)));
    }
    if (step.positionQueries !== undefined) {
      scores = tf.add(scores, positionToContent(key, this.#byDistance(step.positionQueries, 'ascending', run)));
    }
    const probabilities =
      run.attentionMask === undefined ? tf.softmax(scores) : maskedSoftmax(scores, run.attentionMask);
    const context = batchMatMul(probabilities, this.#splitHeads(input, step.value, run)) as tf.Tensor4D;
    return tf.reshape(tf.transpose(context, [1, 2, 0, 3]), [run.batch * run.length, -1]);
  }

  /** `[B · S, H]` → `[h, B, S, d]`. */
  #splitHeads(input: tf.Tensor, affine: Affine, { batch, length }: Run): tf.Tensor4D {
    const { heads, headSize } = this.#program.sizes;
    const projected = tf.reshape(this.#project(input, affine), [batch, length, heads, headSize]);
    return tf.transpose(projected, [2, 0, 1, 3]) as tf.Tensor4D;
  }

  /** The rows of a table for the distances of this length, as columns: `[h, d, 2S]`. */
  #byDistance(table: PositionTable, order: 'descending' | 'ascending', { length }: Run): tf.Tensor3D {
    const rows = tf.gather(this.#tables.get(table), this.#rows!.forLength(length)[order], 1);
    return tf.transpose(rows, [0, 2, 1]) as tf.Tensor3D;
  }

  #convolve(step: ConvolveStep, input: tf.Tensor, run: Run): tf.Tensor {
    const texts = tf.reshape(input, [run.batch, run.length, -1]) as tf.Tensor3D;
    const kernel = this.#weights(step.affine.kernel) as tf.Tensor3D;
    const convolved = tf.reshape(conv1d(texts, kernel, this.#vector(step.affine.bias), step.groups), input.shape);
    const activated = activations[step.activation](this.#zeroPadding(convolved, run));
    return this.#zeroPadding(this.#normalize(tf.add(run.values.get(step.residual)!, activated), step.norm), run);
  }

  #zeroPadding(rows: tf.Tensor, { tokens }: Run): tf.Tensor {
    return tokens === undefined ? rows : tf.mul(rows, tokens);
  }

  #project(input: tf.Tensor, { kernel, bias }: Affine): tf.Tensor {
    return dense(input, this.#weights(kernel) as tf.Tensor2D, bias === undefined ? undefined : this.#vector(bias));
  }

  #normalize(input: tf.Tensor, { gamma, beta, epsilon }: Norm): tf.Tensor {
    return layerNorm(input, this.#vector(gamma), this.#vector(beta), epsilon);
  }

  #vector(name: string): tf.Tensor1D {
    return this.#weights(name) as tf.Tensor1D;
  }
}

function startRun(inputs: InferenceInputs): Run {
  const [batch, length] = inputs.inputIds.shape;
  const { attentionMask: mask } = inputs;
  return {
    inputs,
    batch,
    length,
    attentionMask: mask && expandAttentionMask(mask),
    tokens: mask && tf.reshape(tokenMask(mask), [batch * length, 1]),
    values: new Map(),
  };
}

function arrange(rows: tf.Tensor, layout: OutputLayout, { batch, length }: Run): tf.Tensor[] {
  if (layout === 'texts' || layout === 'choices') return [rows];
  const tokens = tf.reshape(rows, [batch, length, -1]);
  return layout === 'tokens' ? [tokens] : tf.unstack(tokens, 2);
}
