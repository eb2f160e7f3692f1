import * as tf from '@tensorflow/tfjs';
import { UsageError } from '../errors';
import type { BatchSource } from '../models/map_batches';
import type { PredictInputs } from '../models/model_inputs';
import type { TFDebertaV2PreTrainedModel } from '../models/pretrained_model';

/** Held-out examples, inputs and labels as `fitDataset` takes them. */
export interface MetricBatch {
  readonly xs: PredictInputs;
  readonly ys: tf.Tensor | readonly tf.Tensor[] | Readonly<Record<string, tf.Tensor>>;
}

/**
 * Measures a model after each epoch of `fit` or `fitDataset` by a function on plain numbers, and adds what it gives to the
 * history.
 *
 * Mirrors `KerasMetricCallback` of transformers, but for the form of the numbers: here each example has an entry, so that
 * batches may be of different lengths. An entry is the example's row of the output (`number[]` of logits `[B, C]`,
 * `number[][]` of `[B, S, C]`) or of the labels; where there are several outputs or labels, as for question answering, it
 * is the list of them.
 *
 * @example
 * const accuracy = (logits: number[][], labels: number[]) => ({
 *   f1: classificationScores(logits.map((row) => row.indexOf(Math.max(...row))), labels).macro.f1,
 * });
 * const { history } = await model.fitDataset(trainSet, { epochs: 3, callbacks: [new KerasMetricCallback(accuracy, evalSet)] });
 * history.f1; // one value for each epoch
 */
export class KerasMetricCallback<Prediction = number[], Label = number> extends tf.Callback {
  readonly #metricFn: (predictions: Prediction[], labels: Label[]) => Readonly<Record<string, number>>;
  readonly #evalDataset: BatchSource<MetricBatch>;

  /**
   * @param metricFn from the predictions and labels of all examples to values by name.
   * @param evalDataset gone through once an epoch; its batches are disposed of.
   */
  constructor(
    metricFn: (predictions: Prediction[], labels: Label[]) => Readonly<Record<string, number>>,
    evalDataset: BatchSource<MetricBatch>,
  ) {
    super();
    this.#metricFn = metricFn;
    this.#evalDataset = evalDataset;
  }

  override async onEpochEnd(_epoch: number, logs: Parameters<tf.Callback['onEpochEnd']>[1] = {}): Promise<void> {
    const model = this.model as TFDebertaV2PreTrainedModel;
    const predictions: Prediction[] = [];
    const labels: Label[] = [];
    const batches = await this.#evalDataset.iterator();
    for (let next = await batches.next(); next.value != null; next = await batches.next()) {
      const added = await this.#predict(model, next.value);
      predictions.push(...added.predictions);
      labels.push(...added.labels);
    }
    const values = this.#metricFn(predictions, labels);
    if (typeof values !== 'object' || values === null) {
      throw new UsageError(`The metric function must return an object of numbers by name, received ${values}.`, {
        received: values,
      });
    }
    // The history comes after all other callbacks and takes what it finds here.
    Object.assign(logs, values);
  }

  async #predict(
    model: TFDebertaV2PreTrainedModel,
    batch: MetricBatch,
  ): Promise<{ predictions: Prediction[]; labels: Label[] }> {
    const { xs, ys } = batch;
    let outputs: tf.Tensor[] = [];
    try {
      outputs = [model.predictOnBatch(xs)].flat();
      const labels = ys instanceof tf.Tensor ? [ys] : Object.values(ys);
      return { predictions: await entriesOf<Prediction>(outputs), labels: await entriesOf<Label>(labels) };
    } finally {
      tf.dispose([outputs, batch as unknown as tf.TensorContainer]);
    }
  }
}

/** Row by row; of several tensors the rows side by side. */
async function entriesOf<Entry>(tensors: readonly tf.Tensor[]): Promise<Entry[]> {
  const [first = [], ...others] = (await Promise.all(tensors.map((tensor) => tensor.array()))) as unknown[][];
  const entries = others.length === 0 ? first : first.map((row, index) => [row, ...others.map((rows) => rows[index])]);
  return entries as Entry[];
}
