import * as tf from '@tensorflow/tfjs';
import { toModelName } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { ContextPooler } from '../layers/context_pooler';
import { Dense } from '../layers/dense';
import { Dropout } from '../layers/dropout';
import { symmetricBinaryCrossEntropy } from '../ops/symmetric_cross_entropy';
import { checkClassIndices } from './label_inputs';
import { checkLabelShape, valueShapes } from './label_shape';
import type { LossOptions, TaskLoss } from './loss_options';
import { startGraph } from './model_graph';
import type { ModelInputs } from './model_inputs';
import type { ForwardOptions, ModelOptions } from './model_options';
import { encoderOutputs, type HeadOutput } from './model_outputs';
import { TFDebertaV2PreTrainedModel } from './pretrained_model';
import { sequenceClassificationLoss, sequenceClassificationRowWeights, sequenceLossKind } from './task_losses';

/**
 * DeBERTa-v2 with a classifier of whole texts or pairs of texts: classes, several labels at once, or values.
 *
 * Mirrors `TFDebertaV2ForSequenceClassification` of Hugging Face transformers, with the losses of the PyTorch class:
 * `config.problemType` chooses, else one label means regression, labels `[B]` class indices, and labels
 * `[B, numLabels]` probabilities.
 *
 * @example
 * const model = await TFDebertaV2ForSequenceClassification.fromPretrained('deberta-v3-base', { numLabels: 3 });
 * model.compile({ optimizer: tf.train.adam(2e-5), metrics: ['accuracy'] });
 * await model.fit(batch, tf.tensor1d([0, 2, 1], 'int32'));
 */
export class TFDebertaV2ForSequenceClassification extends TFDebertaV2PreTrainedModel {
  static override className = 'TFDebertaV2ForSequenceClassification' as const;
  readonly pooler: ContextPooler;
  readonly dropout: Dropout;
  readonly classifier: Dense;

  constructor(config: DebertaV2Config, options: ModelOptions = {}) {
    const { inputs, seeds, deberta } = startGraph(config, options, 2);
    const { hiddenSize: inputSize, numLabels: units, initializerRange } = config;
    const pooler = new ContextPooler({ ...config, name: 'pooler', seeds });
    const dropout = new Dropout({ name: 'cls_dropout', seeds, rate: config.clsDropout });
    const classifier = new Dense({ name: 'classifier', seeds, inputSize, units, initializerRange });
    const pooled = dropout.apply(pooler.apply(deberta.apply(inputs)));
    const outputs = [classifier.apply(pooled) as tf.SymbolicTensor];
    const name = toModelName(TFDebertaV2ForSequenceClassification.className);
    super(config, deberta, { inputs, outputs, name });
    this.pooler = pooler;
    this.dropout = dropout;
    this.classifier = classifier;
  }

  override forward(
    inputs: ModelInputs & { readonly labels?: tf.Tensor },
    options: ForwardOptions = {},
  ): HeadOutput<tf.Tensor2D> {
    return tf.tidy(() => {
      const { training = false } = options;
      const encoded = this.encode(inputs, options);
      const pooled = this.dropout.forward(this.pooler.forward(encoded.lastHiddenState, training), training);
      const logits = this.classifier.forward(pooled, training) as tf.Tensor2D;
      const loss = inputs.labels && sequenceClassificationLoss(inputs.labels, logits, this.config.problemType);
      return { ...(loss && { loss }), logits, ...encoderOutputs(encoded) };
    });
  }

  protected override taskLoss(): TaskLoss {
    const { problemType } = this.config;
    return (labels, logits, options?: LossOptions) =>
      sequenceClassificationLoss(labels, logits as tf.Tensor2D, problemType, options);
  }

  protected override taskRowWeights(labels: tf.Tensor, options: LossOptions): tf.Tensor1D {
    const { numLabels, problemType } = this.config;
    return sequenceClassificationRowWeights(labels, numLabels, problemType, options);
  }

  /** Of values their squared difference, of several labels at once that of each: both means over the labels. */
  protected override divergence(perturbed: tf.Tensor, clean: tf.Tensor): tf.Tensor1D {
    const { numLabels, problemType } = this.config;
    const kind = problemType ?? (numLabels === 1 ? 'regression' : 'single_label_classification');
    if (kind === 'single_label_classification') return super.divergence(perturbed, clean);
    return tf.tidy(() => {
      const ofLabels =
        kind === 'regression' ? tf.squaredDifference(perturbed, clean) : symmetricBinaryCrossEntropy(perturbed, clean);
      return tf.mean(ofLabels, -1);
    });
  }

  protected override checkLabels(name: string, labels: tf.Tensor, inputs: ModelInputs): void {
    const { problemType, numLabels } = this.config;
    const batch = inputs.input_ids!.shape[0]!;
    if (sequenceLossKind(problemType, numLabels, labels) === 'single_label_classification') {
      const ignored = problemType === null ? 'negative' : 'ignored label';
      checkClassIndices(name, labels, { shapes: [[batch], [batch, 1]], classes: numLabels, ignored });
    } else {
      checkLabelShape(name, labels, valueShapes(batch, numLabels));
    }
  }
}
