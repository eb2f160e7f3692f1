import * as tf from '@tensorflow/tfjs';
import { highest, softmax } from '../../data/scores';
import { logger } from '../../logger';
import type { TFDebertaV2ForMaskedLM } from '../../models/masked_lm';
import { encodeExamples } from './encode_examples';
import { predictValues } from './predict_values';
import { echo, type Predictor, type PredictorSettings } from './predictor';
import { rounded } from './scores';

const DEFAULT_TOP_K = 5;

/** `{ text, masks: [[{ token, score }]] }`: the likeliest tokens (5, or `topK`) at every `[MASK]`, in their order. */
export function fillMasks(model: TFDebertaV2ForMaskedLM, settings: PredictorSettings): Predictor {
  const { tokenizer, topK = DEFAULT_TOP_K } = settings;
  const { vocabSize } = model.config;
  // Tables are padded beyond the vocabulary: ids above it have no token.
  const candidates = Math.min(vocabSize, tokenizer.length);
  let isWarned = false;
  return {
    async predict(examples) {
      const batch = encodeExamples(examples, settings);
      const ids = batch.input_ids.flat();
      const positions = ids.flatMap((id, position) => (id === tokenizer.maskTokenId ? [position] : []));
      const length = batch.input_ids[0]!.length;
      // A vocabulary of logits a token is much: only those of masks are read.
      const [logits] =
        positions.length === 0
          ? []
          : await predictValues(model, batch, ([all]) => [tf.gather(tf.reshape(all!, [-1, vocabSize]), positions)]);
      const filled = positions.map((_, mask) => {
        const scores = softmax(logits!.subarray(mask * vocabSize, (mask + 1) * vocabSize)).slice(0, candidates);
        return highest(scores, topK).map((id) => ({
          token: tokenizer.convertIdsToTokens(id),
          score: rounded(scores[id]!),
        }));
      });
      return examples.map((example, row) => {
        const masks = filled.filter((_, mask) => Math.floor(positions[mask]! / length) === row);
        if (masks.length === 0 && !isWarned) {
          isWarned = true;
          logger.warn(
            `A text has no ${tokenizer.maskToken} within ${settings.maxLength} tokens, so nothing is filled in.`,
          );
        }
        return { ...echo(example), masks };
      });
    },
    dispose: () => model.dispose(),
  };
}
