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
      const positions = batch.input_ids.flatMap((ids, text) =>
        ids.flatMap((id, position) => (id === tokenizer.maskTokenId ? [[text, position] as const] : [])),
      );
      // A vocabulary of logits a token is much: only masks are scored.
      const [logits] = positions.length === 0 ? [] : await predictValues(model, batch, positions);
      const filled = positions.map((_, mask) => {
        const scores = softmax(logits!.subarray(mask * vocabSize, (mask + 1) * vocabSize)).slice(0, candidates);
        return highest(scores, topK).map((id) => ({
          token: tokenizer.convertIdsToTokens(id),
          score: rounded(scores[id]!),
        }));
      });
      return examples.map((example, row) => {
        const masks = filled.filter((_, mask) => positions[mask]![0] === row);
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
