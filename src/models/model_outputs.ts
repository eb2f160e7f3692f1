import type * as tf from '@tensorflow/tfjs';
import type { EncoderResult } from '../layers/encoder';

/** What every pass can give beside its result. */
export type EncoderOutputs = {
  /** `L + 1` tensors `[B, S, H]`; with `outputHiddenStates`. */
  hidden_states?: tf.Tensor3D[];
  /** `L` tensors `[B, h, S, S]`; with `outputAttentions`. */
  attentions?: tf.Tensor4D[];
};

/** Output of the bare encoder. */
export type BaseModelOutput = EncoderOutputs & {
  /** `[B, S, H]`. */
  last_hidden_state: tf.Tensor3D;
};

/** Output of a head with one result. */
export type HeadOutput<Logits extends tf.Tensor> = EncoderOutputs & {
  /** Mean over the batch; with labels. */
  loss?: tf.Scalar;
  logits: Logits;
};

/** Output of the question-answering head. */
export type QuestionAnsweringOutput = EncoderOutputs & {
  /** Mean of the losses of start and end; with labels. */
  loss?: tf.Scalar;
  /** `[B, S]`. */
  start_logits: tf.Tensor2D;
  /** `[B, S]`. */
  end_logits: tf.Tensor2D;
};

/** Hidden states and attentions under the names outputs have for them. */
export function encoderOutputs({ hiddenStates, attentions }: EncoderResult): EncoderOutputs {
  return {
    ...(hiddenStates === undefined ? {} : { hidden_states: hiddenStates }),
    ...(attentions === undefined ? {} : { attentions }),
  };
}
