import * as tf from '@tensorflow/tfjs';
import { toModelName } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { MaskedLMHead } from '../layers/masked_lm_head';
import { checkClassIndices } from './label_inputs';
import type { LossOptions, TaskLoss } from './loss_options';
import { startGraph } from './model_graph';
import type { ModelInputs } from './model_inputs';
import type { ForwardOptions, ModelOptions } from './model_options';
import { encoderOutputs, type HeadOutput } from './model_outputs';
import type { LabelPadding } from './pad_step';
import { TFDebertaV2PreTrainedModel } from './pretrained_model';
import { classificationLoss, classificationLossWeight } from './task_losses';

/**
 * DeBERTa-v2 with a masked language modelling head, tied to the word embeddings.
 *
 * Mirrors `TFDebertaV2ForMaskedLM` of Hugging Face transformers. Labels: int32 `[B, S]`, -100 where nothing is to be
 * predicted.
 *
 * @example
 * const { loss, logits } = model.forward({ input_ids, attention_mask, labels });
 */
export class TFDebertaV2ForMaskedLM extends TFDebertaV2PreTrainedModel {
  static override className = 'TFDebertaV2ForMaskedLM' as const;
  readonly head: MaskedLMHead;

  constructor(config: DebertaV2Config, options: ModelOptions = {}) {
    const { inputs, seeds, deberta } = startGraph(config, options, 2);
    const states = deberta.apply(inputs) as tf.SymbolicTensor;
    const head = new MaskedLMHead({ ...config, seeds }, () => deberta.embeddings.wordEmbeddings.table);
    const outputs = [head.apply(states) as tf.SymbolicTensor];
    super(config, deberta, { inputs, outputs, name: toModelName(TFDebertaV2ForMaskedLM.className) });
    this.head = head;
  }

  override forward(
    inputs: ModelInputs & { readonly labels?: tf.Tensor },
    options: ForwardOptions = {},
  ): HeadOutput<tf.Tensor3D> {
    return tf.tidy(() => {
      const encoded = this.encode(inputs, options);
      const logits = this.head.forward(encoded.lastHiddenState) as tf.Tensor3D;
      const loss = inputs.labels && classificationLoss(inputs.labels, logits);
      return { ...(loss && { loss }), logits, ...encoderOutputs(encoded) };
    });
  }

  override resizeTokenEmbeddings(rows: number): void {
    super.resizeTokenEmbeddings(rows);
    this.head.resize(rows);
  }

  protected override get labelPadding(): LabelPadding {
    return 'with tokens';
  }

  protected override taskLoss(): TaskLoss {
    return classificationLoss;
  }

  protected override taskLossWeight(labels: tf.Tensor, options: LossOptions): tf.Scalar {
    return classificationLossWeight(labels, options);
  }

  protected override checkLabels(name: string, labels: tf.Tensor, inputs: ModelInputs): void {
    checkClassIndices(name, labels, { shapes: [inputs.input_ids!.shape], classes: this.config.vocabSize });
  }
}
