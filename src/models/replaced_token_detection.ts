import * as tf from '@tensorflow/tfjs';
import { toModelName } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { MaskPredictionHead } from '../layers/mask_prediction_head';
import { symmetricBinaryCrossEntropy } from '../ops/symmetric_cross_entropy';
import { checkClassIndices } from './label_inputs';
import type { LossOptions, TaskLoss } from './loss_options';
import { startGraph } from './model_graph';
import type { ModelInputs } from './model_inputs';
import type { ForwardOptions, ModelOptions } from './model_options';
import { encoderOutputs, type HeadOutput } from './model_outputs';
import type { LabelPadding } from './pad_step';
import { TFDebertaV2PreTrainedModel } from './pretrained_model';
import { tokenDetectionLoss, tokenDetectionRowWeights } from './task_losses';

/**
 * DeBERTa-v3 with the head it was pre-trained with, which tells replaced tokens from original ones.
 *
 * Mirrors the discriminator of microsoft/DeBERTa (`ReplacedTokenDetectionModel`, weights `mask_predictions.*`), which
 * Microsoft's v3 checkpoints carry and Hugging Face's classes drop. Labels: int32 `[B, S]`, 1 for a replaced token, 0 for
 * an original one, -100 for what does not count, such as padding. `predict` gives logits `[B, S]`: above 0 is replaced.
 *
 * @example
 * const model = await TFDebertaV2ForReplacedTokenDetection.fromPretrained('microsoft/deberta-v3-base');
 * const { loss, logits } = model.forward({ input_ids, attention_mask, labels });
 */
export class TFDebertaV2ForReplacedTokenDetection extends TFDebertaV2PreTrainedModel {
  static override className = 'TFDebertaV2ForReplacedTokenDetection' as const;
  /** Scores each token. */
  readonly maskPredictions: MaskPredictionHead;

  constructor(config: DebertaV2Config, options: ModelOptions = {}) {
    const { inputs, seeds, deberta } = startGraph(config, options, 2);
    const head = new MaskPredictionHead({ ...config, name: 'mask_predictions', seeds });
    const outputs = [head.apply(deberta.apply(inputs)) as tf.SymbolicTensor];
    super(config, deberta, { inputs, outputs, name: toModelName(TFDebertaV2ForReplacedTokenDetection.className) });
    this.maskPredictions = head;
  }

  override forward(
    inputs: ModelInputs & { readonly labels?: tf.Tensor },
    options: ForwardOptions = {},
  ): HeadOutput<tf.Tensor2D> {
    return tf.tidy(() => {
      const encoded = this.encode(inputs, options);
      const logits = this.maskPredictions.forward(encoded.lastHiddenState, options.training);
      const loss = inputs.labels && tokenDetectionLoss(inputs.labels, logits);
      return { ...(loss && { loss }), logits, ...encoderOutputs(encoded) };
    });
  }

  protected override get labelPadding(): LabelPadding {
    return 'with tokens';
  }

  protected override taskLoss(): TaskLoss {
    return tokenDetectionLoss;
  }

  protected override taskRowWeights(labels: tf.Tensor, options: LossOptions): tf.Tensor1D {
    return tokenDetectionRowWeights(labels, options);
  }

  /** That of each token by itself, which is replaced or not. */
  protected override divergence(perturbed: tf.Tensor, clean: tf.Tensor): tf.Tensor1D {
    return tf.tidy(() => tf.reshape(symmetricBinaryCrossEntropy(perturbed, clean), [-1]));
  }

  protected override checkLabels(name: string, labels: tf.Tensor, inputs: ModelInputs): void {
    checkClassIndices(name, labels, { shapes: [inputs.input_ids!.shape], classes: 2 });
  }
}
