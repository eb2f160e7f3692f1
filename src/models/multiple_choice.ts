import * as tf from '@tensorflow/tfjs';
import { toModelName } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { ContextPooler } from '../layers/context_pooler';
import { Dense } from '../layers/dense';
import { Dropout } from '../layers/dropout';
import { FlattenChoices } from '../layers/flatten_choices';
import { UnflattenChoices } from '../layers/unflatten_choices';
import { checkClassIndices } from './label_inputs';
import type { TaskLoss } from './loss_options';
import { checkLossOptions, type LossOptions } from './loss_options';
import { startGraph } from './model_graph';
import { checkInputShapes, type ModelInputs, mapInputs } from './model_inputs';
import type { ForwardOptions, ModelOptions } from './model_options';
import { encoderOutputs, type HeadOutput } from './model_outputs';
import { TFDebertaV2PreTrainedModel } from './pretrained_model';
import { classificationLoss } from './task_losses';

/**
 * DeBERTa-v2 with a head that scores each of several texts and compares the scores.
 *
 * Mirrors `TFDebertaV2ForMultipleChoice` of Hugging Face transformers, with the dropout of the PyTorch class
 * (`cls_dropout`). Inputs are `[B, C, S]`, logits `[B, C]`, labels int32 `[B]`.
 */
export class TFDebertaV2ForMultipleChoice extends TFDebertaV2PreTrainedModel {
  static override className = 'TFDebertaV2ForMultipleChoice' as const;
  readonly flatten: FlattenChoices;
  readonly pooler: ContextPooler;
  readonly dropout: Dropout;
  readonly classifier: Dense;
  readonly unflatten: UnflattenChoices;

  constructor(config: DebertaV2Config, options: ModelOptions = {}) {
    const { inputs, seeds, deberta } = startGraph(config, options, 3);
    const { hiddenSize: inputSize, initializerRange } = config;
    const flatten = new FlattenChoices({ name: 'flatten_choices', seeds });
    const pooler = new ContextPooler({ ...config, name: 'pooler', seeds });
    const dropout = new Dropout({ name: 'dropout', seeds, rate: config.clsDropout });
    const classifier = new Dense({ name: 'classifier', seeds, inputSize, units: 1, initializerRange });
    const unflatten = new UnflattenChoices({ name: 'unflatten_choices', seeds });
    const states = deberta.apply(inputs.map((input) => flatten.apply(input) as tf.SymbolicTensor));
    const scores = classifier.apply(dropout.apply(pooler.apply(states))) as tf.SymbolicTensor;
    const outputs = [unflatten.apply([scores, inputs[0]!]) as tf.SymbolicTensor];
    super(config, deberta, { inputs, outputs, name: toModelName(TFDebertaV2ForMultipleChoice.className) });
    this.flatten = flatten;
    this.pooler = pooler;
    this.dropout = dropout;
    this.classifier = classifier;
    this.unflatten = unflatten;
  }

  override forward(
    inputs: ModelInputs & { readonly labels?: tf.Tensor },
    options: ForwardOptions = {},
  ): HeadOutput<tf.Tensor2D> {
    return tf.tidy(() => {
      const { training = false } = options;
      checkInputShapes(inputs, this.inputRank, this.config);
      const choices = (inputs.input_ids ?? inputs.inputs_embeds)!.shape[1]!;
      const encoded = this.encode(
        mapInputs(inputs, (tensor) => this.flatten.forward(tensor)),
        options,
      );
      const pooled = this.dropout.forward(this.pooler.forward(encoded.lastHiddenState, training), training);
      const logits = this.unflatten.forward(this.classifier.forward(pooled, training), choices);
      const loss = inputs.labels && classificationLoss(inputs.labels, logits);
      return { ...(loss && { loss }), logits, ...encoderOutputs(encoded) };
    });
  }

  protected override get inputRank(): 2 | 3 {
    return 3;
  }

  protected override taskLoss(): TaskLoss {
    return (labels, logits, options: LossOptions = {}) => {
      checkLossOptions(options, 'choices');
      return classificationLoss(labels, logits, options);
    };
  }

  protected override checkLabels(name: string, labels: tf.Tensor, inputs: ModelInputs): void {
    const [batch = 0, choices = 0] = inputs.input_ids!.shape;
    checkClassIndices(name, labels, { shapes: [[batch], [batch, 1]], classes: choices });
  }
}
