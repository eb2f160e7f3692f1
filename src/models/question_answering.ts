import * as tf from '@tensorflow/tfjs';
import { toModelName } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { ConfigError } from '../errors';
import { Dense } from '../layers/dense';
import { DebertaV2MainLayer } from '../layers/main_layer';
import { SplitSpan } from '../layers/split_span';
import { checkClassIndices } from './label_inputs';
import type { ModelInputs } from './model_inputs';
import { encoderOutputs, type QuestionAnsweringOutput } from './model_outputs';
import {
  type ForwardOptions,
  graphInputs,
  type ModelOptions,
  type TaskLoss,
  TFDebertaV2PreTrainedModel,
} from './pretrained_model';
import { positionLoss } from './task_losses';

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
  readonly splitSpan: SplitSpan;

  constructor(config: DebertaV2Config, options: ModelOptions = {}) {
    if (config.numLabels !== 2) {
      throw new ConfigError(
        `Configuration field num_labels must be 2 for question answering (start and end), received ${config.numLabels}; pass numLabels: 2.`,
        { path: 'num_labels', expected: 2, received: config.numLabels },
      );
    }
    const inputs = graphInputs(2);
    const { hiddenSize: inputSize, initializerRange } = config;
    const deberta = new DebertaV2MainLayer({ ...config, name: 'deberta' });
    const qaOutputs = new Dense({ name: 'qa_outputs', inputSize, units: 2, initializerRange });
    const splitSpan = new SplitSpan({ name: 'span' });
    const outputs = splitSpan.apply(qaOutputs.apply(deberta.apply(inputs))) as tf.SymbolicTensor[];
    super(config, deberta, { inputs, outputs, name: toModelName(TFDebertaV2ForQuestionAnswering.className) }, options);
    this.qaOutputs = qaOutputs;
    this.splitSpan = splitSpan;
  }

  override forward(
    inputs: ModelInputs & { readonly start_positions?: tf.Tensor; readonly end_positions?: tf.Tensor },
    options: ForwardOptions = {},
  ): QuestionAnsweringOutput {
    return tf.tidy(() => {
      const encoded = this.encode(inputs, options);
      const [start_logits, end_logits] = this.splitSpan.forward(this.qaOutputs.forward(encoded.lastHiddenState));
      const { start_positions: start, end_positions: end } = inputs;
      const loss = start && end && meanOf(positionLoss(start, start_logits), positionLoss(end, end_logits));
      return { ...(loss && { loss }), start_logits, end_logits, ...encoderOutputs(encoded) };
    });
  }

  protected override predictBatch(inputs: ModelInputs): tf.Tensor[] {
    const { start_logits, end_logits } = this.forward(inputs);
    return [start_logits, end_logits];
  }

  protected override get labelNames(): readonly string[] {
    return ['start_positions', 'end_positions'];
  }

  /** Keras adds up the losses of the outputs, so each counts half. */
  protected override taskLosses(): TaskLoss[] {
    const half: TaskLoss = (positions, logits) => tf.div(positionLoss(positions, logits as tf.Tensor2D), 2);
    return [half, half];
  }

  protected override checkLabels(name: string, labels: tf.Tensor, inputs: ModelInputs): void {
    const batch = inputs.input_ids!.shape[0]!;
    checkClassIndices(name, labels, [[batch], [batch, 1]], Number.MAX_SAFE_INTEGER);
  }
}

function meanOf(a: tf.Scalar, b: tf.Scalar): tf.Scalar {
  return tf.div(tf.add(a, b), 2);
}
