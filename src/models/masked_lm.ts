import * as tf from '@tensorflow/tfjs';
import { toModelName } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { type MaskedLmHeadName, maskedLmHeadName } from '../config/masked_lm_head_name';
import { InputError } from '../errors';
import { MaskedLMHead } from '../layers/masked_lm_head';
import { embeddingLookup } from '../ops/embedding_lookup';
import { reshape } from '../ops/reshape';
import { checkClassIndices } from './label_inputs';
import type { TaskLoss } from './loss_options';
import { startGraph } from './model_graph';
import type { ModelInputs } from './model_inputs';
import type { ForwardOptions, ModelOptions } from './model_options';
import { encoderOutputs, type HeadOutput } from './model_outputs';
import type { LabelPadding } from './pad_step';
import { TFDebertaV2PreTrainedModel } from './pretrained_model';
import { classificationLoss } from './task_losses';

/** What `forward` of a masked-LM model takes beside inputs. */
export interface MaskedLMForwardOptions extends ForwardOptions {
  /**
   * Which tokens to score, `[N, 2]` of text and position, int32; all by default. Scores of a whole vocabulary for every
   * token take gigabytes.
   */
  readonly maskPositions?: tf.Tensor2D;
}

/**
 * DeBERTa-v2 with a masked language modelling head, tied to the word embeddings.
 *
 * Mirrors `TFDebertaV2ForMaskedLM` of Hugging Face transformers, and the masked language model of microsoft/DeBERTa,
 * whose checkpoints carry another head (`lm_predictions`) and were trained with the enhanced mask decoder. Which one a
 * model has, {@link head} tells; a checkpoint decides, or the option `head` of `fromPretrained`. Labels: int32 `[B, S]`,
 * -100 where nothing is to be predicted.
 *
 * @example
 * const model = await TFDebertaV2ForMaskedLM.fromPretrained('microsoft/deberta-v2-xlarge');
 * model.head; // 'enhanced_mask_decoder'
 * const logits = model.predict(batch, { maskPositions: [[0, 5]] }); // [1, V]: the sixth token of the first text
 */
export class TFDebertaV2ForMaskedLM extends TFDebertaV2PreTrainedModel {
  static override className = 'TFDebertaV2ForMaskedLM' as const;
  /** The layer that scores the vocabulary. */
  readonly lmHead: MaskedLMHead;

  constructor(config: DebertaV2Config, options: ModelOptions = {}) {
    const { inputs, seeds, deberta } = startGraph(config, options, 2, config);
    const states = deberta.apply(inputs) as tf.SymbolicTensor;
    const lmHead = new MaskedLMHead({ ...config, seeds }, () => deberta.embeddings.wordEmbeddings.table);
    const outputs = [lmHead.apply(states) as tf.SymbolicTensor];
    super(config, deberta, { inputs, outputs, name: toModelName(TFDebertaV2ForMaskedLM.className) });
    this.lmHead = lmHead;
  }

  /** Which head this is: Hugging Face's, the original's, or the original's behind the enhanced mask decoder. */
  get head(): MaskedLmHeadName {
    return maskedLmHeadName(this.config);
  }

  /**
   * One differentiable pass.
   *
   * With `maskPositions` the logits are `[N, V]`, and so many labels count: `[N]`, or those of `[B, S]` at the positions.
   */
  override forward(
    inputs: ModelInputs & { readonly labels?: tf.Tensor },
    options: MaskedLMForwardOptions & { readonly maskPositions: tf.Tensor2D },
  ): HeadOutput<tf.Tensor2D>;
  override forward(
    inputs: ModelInputs & { readonly labels?: tf.Tensor },
    options?: ForwardOptions,
  ): HeadOutput<tf.Tensor3D>;
  override forward(
    inputs: ModelInputs & { readonly labels?: tf.Tensor },
    { maskPositions, ...options }: MaskedLMForwardOptions = {},
  ): HeadOutput<tf.Tensor2D | tf.Tensor3D> {
    return tf.tidy(() => {
      const encoded = this.encode(inputs, options);
      const { lastHiddenState } = encoded;
      const rows = maskPositions && flatPositions(maskPositions, lastHiddenState.shape[1]);
      const states = rows === undefined ? lastHiddenState : rowsAt(lastHiddenState, rows);
      const logits = this.lmHead.forward(states, options.training) as tf.Tensor2D | tf.Tensor3D;
      const labels = rows === undefined || inputs.labels?.rank === 1 ? inputs.labels : labelsAt(inputs.labels, rows);
      const loss = labels && classificationLoss(labels, logits);
      return { ...(loss && { loss }), logits, ...encoderOutputs(encoded) };
    });
  }

  override resizeTokenEmbeddings(rows: number): void {
    super.resizeTokenEmbeddings(rows);
    this.lmHead.resize(rows);
  }

  override keepTokenEmbeddings(rows: readonly number[]): void {
    super.keepTokenEmbeddings(rows);
    this.lmHead.keep(rows);
  }

  protected override get choosesRows(): boolean {
    return true;
  }

  protected override get labelPadding(): LabelPadding {
    return 'with tokens';
  }

  protected override taskLoss(): TaskLoss {
    return classificationLoss;
  }

  protected override checkLabels(name: string, labels: tf.Tensor, inputs: ModelInputs): void {
    checkClassIndices(name, labels, { shapes: [inputs.input_ids!.shape], classes: this.config.vocabSize });
  }
}

/** `[N, 2]` of text and position → rows of `[B · S]`, `[N]`. Checked where they enter; see `checkMaskPositions`. */
function flatPositions(positions: tf.Tensor2D, length: number): tf.Tensor1D {
  if (positions.rank !== 2 || positions.shape[1] !== 2) {
    throw new InputError(
      `maskPositions must have the shape [N, 2], a text and a position each, received [${positions.shape}].`,
      { path: 'maskPositions', expected: ['N', 2], received: positions.shape },
    );
  }
  const [texts, places] = tf.unstack(tf.cast(positions, 'int32'), 1) as [tf.Tensor1D, tf.Tensor1D];
  return tf.add(tf.mul(texts, tf.scalar(length, 'int32')), places);
}

/** Rows of `[B, S, H]`, by {@link flatPositions}: `[N, H]`. */
function rowsAt(states: tf.Tensor3D, rows: tf.Tensor1D): tf.Tensor2D {
  const table = reshape<tf.Rank.R2>(states, [-1, states.shape[2]]);
  return embeddingLookup(table, rows) as tf.Tensor2D;
}

/** Labels `[B, S]` at rows, `[N]`. */
function labelsAt(labels: tf.Tensor | undefined, rows: tf.Tensor1D): tf.Tensor | undefined {
  // Not `gather`, which reads its indices back on tfjs-node.
  return labels && tf.gatherND(tf.reshape(tf.cast(labels, 'int32'), [-1]), tf.expandDims(rows, 1));
}
