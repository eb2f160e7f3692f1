import * as tf from '@tensorflow/tfjs';
import { toModelName } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { ConfigError } from '../errors';
import { Dense } from '../layers/dense';
import { SpanScores } from '../layers/span_scores';
import { checkClassIndices } from './label_inputs';
import type { LossOptions, TaskLoss } from './loss_options';
import { startGraph } from './model_graph';
import type { ModelInputs } from './model_inputs';
import type { ForwardOptions, ModelOptions } from './model_options';
import { encoderOutputs, type QuestionAnsweringOutput } from './model_outputs';
import type { LabelPadding } from './pad_step';
import { TFDebertaV2PreTrainedModel } from './pretrained_model';
import { positionLoss, positionRowWeights } from './task_losses';

/**
 * DeBERTa-v2 with a head that scores each token as start and as end of the answer.
 *
 * Mirrors `TFDebertaV2ForQuestionAnswering` of Hugging Face transformers, with the loss of the PyTorch class:
 * positions beyond the window do not count. Labels: `start_positions` and `end_positions`, int32 `[B]`. `predict` gives
 * `[start_logits, end_logits]`.
 *
 * @throws {ConfigError} when `num_labels` is not 2.
 */
export class TFDebertaV2ForQuestionAnswering extends TFDebertaV2PreTrainedModel {
  static override className = 'TFDebertaV2ForQuestionAnswering' as const;
  readonly qaOutputs: Dense;
  readonly spanScores: SpanScores;

  constructor(config: DebertaV2Config, options: ModelOptions = {}) {
    if (config.numLabels !== 2) {
      throw new ConfigError(
        `Configuration field num_labels must be 2 for question answering (start and end), received ${config.numLabels}; pass numLabels: 2.`,
        { path: 'num_labels', expected: 2, received: config.numLabels },
      );
    }
    const { inputs, seeds, deberta } = startGraph(config, options, 2);
    const { hiddenSize: inputSize, initializerRange } = config;
    const qaOutputs = new Dense({ name: 'qa_outputs', seeds, inputSize, units: 2, initializerRange });
    const spanScores = new SpanScores({ name: 'span', seeds });
    const spans = spanScores.apply(qaOutputs.apply(deberta.apply(inputs))) as tf.SymbolicTensor;
    super(config, deberta, { inputs, outputs: [spans], name: toModelName(TFDebertaV2ForQuestionAnswering.className) });
    this.qaOutputs = qaOutputs;
    this.spanScores = spanScores;
  }

  override forward(
    inputs: ModelInputs & { readonly start_positions?: tf.Tensor; readonly end_positions?: tf.Tensor },
    options: ForwardOptions = {},
  ): QuestionAnsweringOutput {
    return tf.tidy(() => {
      const encoded = this.encode(inputs, options);
      const spans = this.spanScores.forward(this.qaOutputs.forward(encoded.lastHiddenState, options.training));
      const [start_logits, end_logits] = tf.unstack(spans, 1) as [tf.Tensor2D, tf.Tensor2D];
      const { start_positions: start, end_positions: end } = inputs;
      const loss = start && end && spanLoss([start, end], [start_logits, end_logits]);
      return { ...(loss && { loss }), start_logits, end_logits, ...encoderOutputs(encoded) };
    });
  }

  protected override get labelNames(): readonly string[] {
    return ['start_positions', 'end_positions'];
  }

  /** Start and end position side by side, `[B, 2]`. */
  protected override targetOf(labels: readonly tf.Tensor[]): tf.Tensor {
    return tf.tidy(() =>
      tf.stack(
        labels.map((positions) => tf.reshape(tf.cast(positions, 'int32'), [-1])),
        1,
      ),
    );
  }

  protected override outputOf(result: QuestionAnsweringOutput): tf.Tensor {
    return tf.stack([result.start_logits, result.end_logits], 1);
  }

  protected override get labelPadding(): LabelPadding {
    return 'none';
  }

  protected override taskLoss(): TaskLoss {
    return (positions, spans, options?: LossOptions) =>
      tf.tidy(() => spanLoss(tf.unstack(positions, 1), tf.unstack(spans, 1), options));
  }

  /**
   * Those of start and end of each row, one after the other.
   *
   * @param positions `[B, 2]`.
   * @param spansShape `[B, 2, S]`.
   */
  protected override taskRowWeights(
    positions: tf.Tensor,
    options: LossOptions,
    spansShape: readonly number[],
  ): tf.Tensor1D {
    const length = spansShape[2]!;
    return tf.tidy(() => {
      const ofEnds = tf.unstack(positions, 1).map((end) => positionRowWeights(end, length, options));
      return tf.reshape(tf.stack(ofEnds, 1), [-1]);
    });
  }

  /**
   * The mean over both ends. The losses of parts add up to that of the whole if in each part as many starts as ends lie
   * in the window, as they do where an answer lies in it whole or not at all.
   */
  protected override taskLossWeight(
    positions: tf.Tensor,
    options: LossOptions,
    spansShape: readonly number[],
  ): tf.Scalar {
    return tf.tidy(() => tf.div(super.taskLossWeight(positions, options, spansShape), 2));
  }

  protected override checkLabels(name: string, labels: tf.Tensor, inputs: ModelInputs): void {
    const batch = inputs.input_ids!.shape[0]!;
    checkClassIndices(name, labels, { shapes: [[batch], [batch, 1]], ignored: 'nothing' });
  }
}

/** Mean of the losses of start and end, from their positions `[B]` and logits `[B, S]`. */
function spanLoss([start, end]: tf.Tensor[], [startLogits, endLogits]: tf.Tensor[], options?: LossOptions): tf.Scalar {
  return tf.tidy(() => {
    const losses = [
      positionLoss(start!, startLogits as tf.Tensor2D, options),
      positionLoss(end!, endLogits as tf.Tensor2D, options),
    ];
    return tf.div(tf.addN(losses), 2);
  });
}
