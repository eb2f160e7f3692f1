import type * as tf from '@tensorflow/tfjs';

/** Beginning and end (exclusive) of a token in its text, in UTF-16 code units. */
export type Offsets = [start: number, end: number];

/**
 * One text or pair as numbers, `S` of them in each list; what a tokenizer's `call` returns for one text.
 *
 * The keys are those of Hugging Face, as models and data sets use them.
 */
export type Encoding = {
  input_ids: number[];
  /** 0 for the first sequence of a pair and its special tokens, 1 for the second. */
  token_type_ids?: number[];
  /** 1 for a token, 0 for padding. */
  attention_mask?: number[];
  /** 1 for a special token that the tokenizer added (padding included), 0 for others. */
  special_tokens_mask?: number[];
  /** Where each token stands in its text; `[0, 0]` for special tokens and padding. Fast tokenizer only. */
  offset_mapping?: Offsets[];
  /** What truncation cut off, after `stride` tokens that were kept. Slow tokenizer only. */
  overflowing_tokens?: number[];
  /** Tokens above the maximum; negative when there was room left. Slow tokenizer only. */
  num_truncated_tokens?: number;
  /** Number of ids, padding included. */
  length?: number;
};

/** Several texts as numbers, one row a text; what a tokenizer's `call` returns for a list. */
export type BatchEncoding = {
  input_ids: number[][];
  token_type_ids?: number[][];
  attention_mask?: number[][];
  special_tokens_mask?: number[][];
  offset_mapping?: Offsets[][];
  overflowing_tokens?: number[][];
  num_truncated_tokens?: number[];
  /** Number of the text that each row comes from, when long texts take several rows. Fast tokenizer only. */
  overflow_to_sample_mapping?: number[];
  /** Number of ids of each row: before padding from the slow tokenizer, padding included from the fast one. */
  length?: number[];
};

/** A batch as int32 tensors, `[B, S]` each unless said otherwise; to be disposed by whoever asked for it. */
export type TensorEncoding = {
  input_ids: tf.Tensor2D;
  token_type_ids?: tf.Tensor2D;
  attention_mask?: tf.Tensor2D;
  special_tokens_mask?: tf.Tensor2D;
  /** `[B, S, 2]`. */
  offset_mapping?: tf.Tensor3D;
  overflowing_tokens?: tf.Tensor2D;
  /** `[B]`. */
  num_truncated_tokens?: tf.Tensor1D;
  /** `[B]`. */
  overflow_to_sample_mapping?: tf.Tensor1D;
  /** `[B]`. */
  length?: tf.Tensor1D;
};
