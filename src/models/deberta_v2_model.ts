import * as tf from '@tensorflow/tfjs';
import { toModelName } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { UsageError } from '../errors';
import type { TaskLoss } from './loss_options';
import { startGraph } from './model_graph';
import type { ModelInputs } from './model_inputs';
import type { ForwardOptions, ModelOptions } from './model_options';
import { type BaseModelOutput, encoderOutputs } from './model_outputs';
import { TFDebertaV2PreTrainedModel } from './pretrained_model';

/**
 * The bare DeBERTa-v2 encoder.
 *
 * Mirrors `TFDebertaV2Model` of Hugging Face transformers.
 *
 * @example
 * const model = await TFDebertaV2Model.fromPretrained('deberta-v3-small');
 * const { last_hidden_state, attentions } = model.forward({ input_ids }, { outputAttentions: true });
 */
export class TFDebertaV2Model extends TFDebertaV2PreTrainedModel {
  static override className = 'TFDebertaV2Model' as const;

  constructor(config: DebertaV2Config, options: ModelOptions = {}) {
    const { inputs, deberta } = startGraph(config, options, 2);
    const outputs = [deberta.apply(inputs) as tf.SymbolicTensor];
    super(config, deberta, { inputs, outputs, name: toModelName(TFDebertaV2Model.className) });
  }

  override forward(inputs: ModelInputs, options: ForwardOptions = {}): BaseModelOutput {
    return tf.tidy(() => {
      const encoded = this.encode(inputs, options);
      return { last_hidden_state: encoded.lastHiddenState, ...encoderOutputs(encoded) };
    });
  }

  /** @throws {UsageError} always: what the states should be is not this class's to know. */
  protected override taskLoss(): TaskLoss {
    throw new UsageError('The bare encoder has no loss of its own; give one to compile, or use a class with a head.');
  }

  protected override checkLabels(): void {}
}
