import * as tf from '@tensorflow/tfjs';
import { toModelName } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { Dense } from '../layers/dense';
import { Dropout } from '../layers/dropout';
import { checkClassIndices } from './label_inputs';
import type { TaskLoss } from './loss_options';
import { startGraph } from './model_graph';
import type { ModelInputs } from './model_inputs';
import type { ForwardOptions, ModelOptions } from './model_options';
import { encoderOutputs, type HeadOutput } from './model_outputs';
import type { LabelPadding } from './pad_step';
import { TFDebertaV2PreTrainedModel } from './pretrained_model';
import { classificationLoss } from './task_losses';

/**
 * DeBERTa-v2 with a classifier of each token, as for named entities or parts of speech.
 *
 * Mirrors `TFDebertaV2ForTokenClassification` of Hugging Face transformers. Labels: int32 `[B, S]`, -100 for tokens
 * that do not count.
 */
export class TFDebertaV2ForTokenClassification extends TFDebertaV2PreTrainedModel {
  static override className = 'TFDebertaV2ForTokenClassification' as const;
  readonly dropout: Dropout;
  readonly classifier: Dense;

  constructor(config: DebertaV2Config, options: ModelOptions = {}) {
    const { inputs, seeds, deberta } = startGraph(config, options, 2);
    const { hiddenSize: inputSize, numLabels: units, initializerRange } = config;
    const dropout = new Dropout({ name: 'dropout', seeds, rate: config.hiddenDropoutProb });
    const classifier = new Dense({ name: 'classifier', seeds, inputSize, units, initializerRange });
    const outputs = [classifier.apply(dropout.apply(deberta.apply(inputs))) as tf.SymbolicTensor];
    super(config, deberta, { inputs, outputs, name: toModelName(TFDebertaV2ForTokenClassification.className) });
    this.dropout = dropout;
    this.classifier = classifier;
  }

  override forward(
    inputs: ModelInputs & { readonly labels?: tf.Tensor },
    options: ForwardOptions = {},
  ): HeadOutput<tf.Tensor3D> {
    return tf.tidy(() => {
      const encoded = this.encode(inputs, options);
      const { training = false } = options;
      const states = this.dropout.forward(encoded.lastHiddenState, training);
      const logits = this.classifier.forward(states, training) as tf.Tensor3D;
      const loss = inputs.labels && classificationLoss(inputs.labels, logits);
      return { ...(loss && { loss }), logits, ...encoderOutputs(encoded) };
    });
  }

  protected override get labelPadding(): LabelPadding {
    return 'with tokens';
  }

  protected override taskLoss(): TaskLoss {
    return classificationLoss;
  }

  protected override checkLabels(name: string, labels: tf.Tensor, inputs: ModelInputs): void {
    checkClassIndices(name, labels, { shapes: [inputs.input_ids!.shape], classes: this.config.numLabels });
  }
}
