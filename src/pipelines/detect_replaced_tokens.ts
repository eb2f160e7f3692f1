import * as tf from '@tensorflow/tfjs';
import { sigmoid } from '../data/scores';
import { UsageError } from '../errors';
import type { TFDebertaV2ForReplacedTokenDetection } from '../models/replaced_token_detection';
import type { DebertaV2TokenizerFast } from '../tokenization/deberta_v2_tokenizer_fast';
import { toTensorEncoding } from '../tokenization/encoding/tensor_encoding';

/** A token of a text, and whether it looks as if it had been put in the place of another. */
export interface DetectedToken {
  readonly token: string;
  readonly id: number;
  /** Where it stands in the text, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** Probability of having been replaced. */
  readonly score: number;
  readonly isReplaced: boolean;
}

/** Options of {@link detectReplacedTokens}. */
export interface DetectOptions {
  /** Least probability by which a token counts as replaced, 0.5 by default. */
  readonly threshold?: number;
  /** Texts computed at a time, 8 by default. */
  readonly batchSize?: number;
  /** Longest input in tokens; longer texts are cut. What the model was made for by default. */
  readonly maxLength?: number;
}

/**
 * Marks the tokens of texts that look replaced, with their positions: typing errors, words that do not belong there.
 *
 * @returns for each text its tokens, special ones left out.
 * @throws {UsageError} for a threshold or batch size out of range.
 *
 * @example
 * const model = await TFDebertaV2ForReplacedTokenDetection.fromPretrained('microsoft/deberta-v3-base');
 * const tokenizer = await DebertaV2TokenizerFast.fromPretrained('microsoft/deberta-v3-base');
 * const [tokens] = await detectReplacedTokens(model, tokenizer, ['The chef ate the meal for the guests.']);
 * tokens.filter(({ isReplaced }) => isReplaced); // [{ token: '▁ate', start: 8, end: 12, score: 0.9, … }]
 */
export async function detectReplacedTokens(
  model: TFDebertaV2ForReplacedTokenDetection,
  tokenizer: DebertaV2TokenizerFast,
  texts: readonly string[],
  { threshold = 0.5, batchSize = 8, maxLength = longestInput(model, tokenizer) }: DetectOptions = {},
): Promise<DetectedToken[][]> {
  requireOptions(threshold, batchSize);
  const detected: DetectedToken[][] = [];
  for (let start = 0; start < texts.length; start += batchSize) {
    const batch = tokenizer.call(texts.slice(start, start + batchSize), {
      ...{ padding: true, truncation: true, maxLength },
      ...{ returnOffsetsMapping: true, returnSpecialTokensMask: true },
    });
    const { input_ids, token_type_ids, attention_mask, special_tokens_mask, offset_mapping } = batch;
    const inputs = toTensorEncoding({
      input_ids,
      ...(token_type_ids && { token_type_ids }),
      ...(attention_mask && { attention_mask }),
    });
    const logits = await scoresOf(model, inputs);
    for (const [row, ids] of input_ids.entries()) {
      const tokens = [...ids.keys()].filter((position) => special_tokens_mask![row]![position] === 0);
      detected.push(
        tokens.map((position) => {
          const [from, to] = offset_mapping![row]![position]!;
          const score = sigmoid(logits[row * ids.length + position]!);
          const token = tokenizer.convertIdsToTokens(ids[position]!);
          return { token, id: ids[position]!, start: from, end: to, score, isReplaced: score >= threshold };
        }),
      );
    }
  }
  return detected;
}

function longestInput(model: TFDebertaV2ForReplacedTokenDetection, tokenizer: DebertaV2TokenizerFast): number {
  return Math.min(model.config.maxPositionEmbeddings, tokenizer.modelMaxLength);
}

/** Logits of all tokens; the inputs are disposed of. */
async function scoresOf(
  model: TFDebertaV2ForReplacedTokenDetection,
  inputs: { readonly [name: string]: tf.Tensor },
): Promise<Float32Array> {
  try {
    const logits = (await model.predictAsync(inputs)) as tf.Tensor2D;
    try {
      return await logits.data<'float32'>();
    } finally {
      logits.dispose();
    }
  } finally {
    tf.dispose(inputs);
  }
}

function requireOptions(threshold: number, batchSize: number): void {
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new UsageError(`threshold must be a probability from 0 to 1, received ${threshold}.`, {
      path: 'threshold',
      received: threshold,
    });
  }
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new UsageError(`batchSize must be a positive integer, received ${batchSize}.`, {
      path: 'batchSize',
      received: batchSize,
    });
  }
}
