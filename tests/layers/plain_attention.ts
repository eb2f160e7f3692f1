import type * as tf from '@tensorflow/tfjs';
import type { DisentangledSelfAttention } from '../../src/layers/disentangled_self_attention';

type Matrix = number[][];

/** What {@link plainAttention} works on; the mask says for each text, query and key whether it counts. */
export interface PlainInputs {
  readonly hiddenStates: Matrix[];
  readonly queryStates: Matrix[];
  readonly mask: Matrix[];
  readonly table: Matrix;
}

/** `[B, S, A]` and `[B, h, S, S]`. */
export interface PlainResult {
  readonly context: Matrix[];
  readonly probabilities: Matrix[][];
}

/**
 * Disentangled attention written from its formulas, in doubles, a score at a time: what the layer must agree with.
 *
 * `score(q, k) = (Q[q]·K[k] + Q[q]·PK[δ] + K[k]·PQ[δ]) / sqrt(d · (1 + terms))`, with δ the bucket of `q − k`, shifted
 * by the span and clamped into the table.
 */
export function plainAttention(layer: DisentangledSelfAttention, inputs: PlainInputs): PlainResult {
  const {
    numAttentionHeads: heads,
    attentionHeadSize: size,
    posAttType,
    relativeAttention,
    shareAttKey,
  } = layer.options;
  const weights = new Map(layer.weights.map(({ originalName }, index) => [originalName, layer.getWeights()[index]!]));
  const project = (rows: Matrix, name: string) => {
    const kernel = weights.get(`${layer.path}/${name}/kernel`) as tf.Tensor2D;
    const bias = weights.get(`${layer.path}/${name}/bias`) as tf.Tensor1D;
    return dense(rows, kernel.arraySync(), bias.arraySync());
  };
  const table = (term: 'c2p' | 'p2c', shared: string, own: string) =>
    relativeAttention && posAttType.includes(term)
      ? project(inputs.table, shareAttKey ? shared : own)
      : inputs.table.map(() => Array<number>(heads * size).fill(0));
  const positionKeys = table('c2p', 'key_proj', 'pos_proj');
  const positionQueries = table('p2c', 'query_proj', 'pos_q_proj');
  const scale = Math.sqrt(size * (1 + posAttType.length));

  const perText = inputs.hiddenStates.map((states, text) => {
    const queries = project(inputs.queryStates[text]!, 'query_proj');
    const keys = project(states, 'key_proj');
    const values = project(states, 'value_proj');
    const probabilities = range(heads).map((head) => {
      const part = (row: number[]) => row.slice(head * size, (head + 1) * size);
      return queries.map((query, q) => {
        const scores = keys.map((key, k) => {
          const row = tableRow(q - k, layer);
          const content = dot(part(query), part(key));
          const contentToPosition = dot(part(query), part(positionKeys[row]!));
          const positionToContent = dot(part(key), part(positionQueries[row]!));
          return (content + contentToPosition + positionToContent) / scale;
        });
        return maskedSoftmax(scores, inputs.mask[text]![q]!);
      });
    });
    const context = states.map((_, q) =>
      range(heads * size).map((column) => {
        const row = probabilities[Math.floor(column / size)]![q]!;
        return dot(
          row,
          values.map((value) => value[column]!),
        );
      }),
    );
    return { context, probabilities };
  });
  return {
    context: perText.map(({ context }) => context),
    probabilities: perText.map(({ probabilities }) => probabilities),
  };
}

/** The row of the table for a distance; written anew here, so that it can tell when the layer is wrong. */
function tableRow(distance: number, { options }: DisentangledSelfAttention): number {
  const { span, positionBuckets: buckets, maxRelativePositions: farthest } = options;
  const middle = Math.floor(buckets / 2);
  const absolute = Math.abs(distance);
  let bucket = absolute;
  if (buckets > 0 && absolute > middle) {
    bucket = Math.ceil((Math.log(absolute / middle) / Math.log((farthest - 1) / middle)) * (middle - 1)) + middle;
  }
  return Math.max(0, Math.min(2 * span - 1, Math.sign(distance) * bucket + span));
}

function maskedSoftmax(scores: number[], mask: number[]): number[] {
  const exponentials = scores.map((score, key) => (mask[key] ? Math.exp(score) : 0));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => (sum === 0 ? 0 : value / sum));
}

function dense(rows: Matrix, kernel: Matrix, bias: number[]): Matrix {
  return rows.map((row) =>
    bias.map(
      (offset, column) =>
        offset +
        dot(
          row,
          kernel.map((weights) => weights[column]!),
        ),
    ),
  );
}

function dot(a: number[], b: number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
